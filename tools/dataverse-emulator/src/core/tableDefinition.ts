import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';

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
  readonly columns: readonly ColumnDefinition[];
  /** Columns computed from the others whenever a row is written. */
  readonly compute?: (values: Row) => Readonly<Record<string, CellValue>>;
  readonly byName: ReadonlyMap<string, ColumnDefinition>;
  readonly byProperty: ReadonlyMap<string, ColumnDefinition>;
  readonly byNavigation: ReadonlyMap<string, ColumnDefinition>;
}

type TableParts = Omit<TableDefinition, 'byName' | 'byProperty' | 'byNavigation'>;

/** Completes a table definition with its indexes. */
export function defineTable(parts: TableParts): TableDefinition {
  const byNavigation = new Map<string, ColumnDefinition>();
  for (const definition of parts.columns)
    for (const navigation of definition.navigation ?? []) byNavigation.set(navigation.property, definition);
  return {
    ...parts,
    byName: new Map(parts.columns.map((definition) => [definition.name, definition])),
    byProperty: new Map(parts.columns.map((definition) => [definition.property, definition])),
    byNavigation,
  };
}
