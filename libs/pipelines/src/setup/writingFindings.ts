import type { MarketoField, PrivilegeKind, TableRights } from '@lockstep/ports';
import type { MappingRow, Policy } from '@lockstep/reconciliation';

/** What is written: by the mapping alone, and what the rules and requests of marketers add. */
export type WritingRules = {
  readonly mapping: readonly MappingRow[];
  readonly createInDynamics?: { readonly as: 'lead' | 'contact' };
  readonly rowWhenPersonDeleted?: Policy['rowWhenPersonDeleted'];
  readonly attachAccounts?: unknown;
  /** Fields of companies that go to accounts. */
  readonly writeBack?: readonly string[];
};

type Needs = ReadonlyMap<string, readonly PrivilegeKind[]>;

/** The privileges without which a write fails that the rules make, by table. */
export function writingNeeds(rules: WritingRules): Needs {
  const { createInDynamics, rowWhenPersonDeleted, attachAccounts, writeBack = [] } = rules;
  const needs: (readonly [string, PrivilegeKind])[] = [
    ['lead', 'Write'],
    ['contact', 'Write'],
  ];
  if (createInDynamics) needs.push([createInDynamics.as, 'Create']);
  if (rowWhenPersonDeleted === 'delete') needs.push(['lead', 'Delete'], ['contact', 'Delete']);
  if (attachAccounts) needs.push(['contact', 'Append'], ['account', 'AppendTo']);
  if (writeBack.length > 0) needs.push(['account', 'Write']);
  const tables = [...new Set(needs.map(([table]) => table))];

  return new Map(
    tables.map((table) => [table, needs.filter(([name]) => name === table).map(([, kind]) => kind)]),
  );
}

/** Columns that the mapping writes and that are not there, or are read-only. */
export function unwritableColumns(
  mapping: readonly MappingRow[],
  table: string,
  { lengths }: TableRights,
): readonly string[] {
  const columns = mapping.filter(isWritten).flatMap(({ columns: names }) => names[table] ?? []);

  return [...new Set(columns)].filter((column) => !lengths.has(column));
}

/** A column and a field of Marketo of which one holds longer texts than the other. */
export type LengthFinding = {
  readonly column: string;
  readonly columnMax: number;
  readonly field: string;
  readonly fieldMax: number;
};

/** Where a value of one side may be too long for the other that it is sent to; bytes of a text area count as characters. */
export function lengthFindings(
  mapping: readonly MappingRow[],
  tables: ReadonlyMap<string, TableRights>,
  fields: ReadonlyMap<string, MarketoField>,
): readonly LengthFinding[] {
  return mapping.flatMap((row) => {
    const fieldMax = fields.get(row.marketo)?.lengthMax ?? null;
    if (row.type !== 'string' || row.parents || fieldMax === null) return [];

    return Object.entries(row.columns).flatMap(([table, name = '']) => {
      const columnMax = tables.get(table)?.lengths.get(name) ?? null;
      if (columnMax === null || !isTooShort(row, columnMax, fieldMax)) return [];

      return [{ column: `${table}.${name}`, columnMax, field: row.marketo, fieldMax }];
    });
  });
}

const isWritten = ({ direction }: MappingRow): boolean => direction === 'both' || direction === 'to-dynamics';

const isTooShort = (row: MappingRow, columnMax: number, fieldMax: number): boolean =>
  (isWritten(row) && columnMax < fieldMax) || (row.direction !== 'to-dynamics' && fieldMax < columnMax);
