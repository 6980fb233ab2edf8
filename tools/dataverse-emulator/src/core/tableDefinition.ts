import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';

/** Who owns the rows of a table. */
export type Ownership = 'UserOwned' | 'OrganizationOwned' | 'BusinessOwned' | 'None';

/** Columns whose values together name one row (facts, section 3.3). */
export interface AlternateKey {
  /** Logical name. */
  readonly name: string;
  readonly schemaName: string;
  /** Logical names of the columns, in the order in which they were given. */
  readonly columns: readonly string[];
  /** The key can be used once its index is active. */
  readonly status: 'Pending' | 'InProgress' | 'Active' | 'Failed';
}

/** One table as data. Adding a table to the emulator is adding one of these. */
export interface TableDefinition {
  readonly name: string;
  readonly schemaName: string;
  readonly set: string;
  readonly key: string;
  readonly primaryName: string;
  readonly objectTypeCode: number;
  readonly changeTracking: boolean;
  /** False for tables that the Web API can read but not write here. */
  readonly isWritable: boolean;
  readonly ownership: Ownership;
  readonly isCustom: boolean;
  readonly isActivity: boolean;
  /** True for the table between the two sides of a many-to-many relationship. */
  readonly isIntersect: boolean;
  readonly keys: readonly AlternateKey[];
  readonly columns: readonly ColumnDefinition[];
  /** Columns computed from the others whenever a row is written. */
  readonly compute?: (values: Row) => Readonly<Record<string, CellValue>>;
  readonly byName: ReadonlyMap<string, ColumnDefinition>;
  readonly byProperty: ReadonlyMap<string, ColumnDefinition>;
  readonly byNavigation: ReadonlyMap<string, ColumnDefinition>;
}

type Indexes = 'byName' | 'byProperty' | 'byNavigation';
type Optional = 'isWritable' | 'ownership' | 'isCustom' | 'isActivity' | 'isIntersect' | 'keys';

/** A table without its indexes; what is left out is that of a stock table owned by users. */
export type TableParts = Omit<TableDefinition, Indexes | Optional> & Partial<Pick<TableDefinition, Optional>>;

const usualParts = {
  isWritable: true,
  ownership: 'UserOwned',
  isCustom: false,
  isActivity: false,
  isIntersect: false,
  keys: [],
} as const;

/** Completes a table definition with its indexes. */
export function defineTable(parts: TableParts): TableDefinition {
  const byNavigation = new Map<string, ColumnDefinition>();
  for (const definition of parts.columns)
    for (const navigation of definition.navigation ?? []) byNavigation.set(navigation.property, definition);
  return {
    ...usualParts,
    ...parts,
    byName: new Map(parts.columns.map((definition) => [definition.name, definition])),
    byProperty: new Map(parts.columns.map((definition) => [definition.property, definition])),
    byNavigation,
  };
}
