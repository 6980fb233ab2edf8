import { createHash } from 'node:crypto';
import type { FieldDefinition, TableDefinition } from '@lockstep/change-events';
import type { TableDescription } from '@lockstep/ports';

export type StoppedReason = 'MISSING' | 'UNREADABLE' | 'UNSUPPORTED' | 'RETYPED';
export type StoppedColumn = { readonly column: string; readonly reason: StoppedReason };

/** What is persisted of a table's columns (`TableState`). */
export type ColumnMemory = {
  readonly columns: readonly string[] | null;
  readonly stopped: readonly string[] | null;
};

export type ColumnMatch = {
  /** The columns to read and to publish from now on. */
  readonly definition: TableDefinition;
  readonly memory: { readonly columns: readonly string[]; readonly stopped: readonly string[] };
  readonly newlyStopped: readonly StoppedColumn[];
  /** The table has columns that the present position does not bring. */
  readonly grown: boolean;
};

/**
 * Which columns of a description can be published. `fresh`: the read begins at page 1, so that every column comes; else
 * only those that the position brings. A column never changes its type on a topic (design section 3): it stops.
 */
export function matchColumns(
  description: TableDescription,
  memory: ColumnMemory,
  fresh: boolean,
): ColumnMatch {
  const brought = new Map((memory.columns ?? []).map(parseColumn));
  const types = knownTypes(memory);
  const usable = description.definition.fields.filter(({ name, type }) => (types.get(name) ?? type) === type);
  const fields = fresh || memory.columns === null ? usable : usable.filter(({ name }) => brought.has(name));
  const stopped = stoppedColumns(description, memory, new Set(usable.map(({ name }) => name)));
  const known = new Set(memory.stopped ?? []);

  return {
    definition: { ...description.definition, fields },
    memory: {
      columns: fields.map(printColumn),
      stopped: stopped.map((column) => printStopped(column, types)),
    },
    newlyStopped: stopped.filter((column) => !known.has(printStopped(column, types))),
    grown:
      usable.length > fields.length ||
      (memory.columns !== null && fields.some(({ name }) => !brought.has(name))),
  };
}

/** What is left when the topic has known a column with another type. */
export function withoutColumn(match: ColumnMatch, column: string): ColumnMatch {
  const { definition, memory, newlyStopped } = match;
  const fields = definition.fields.filter(({ name }) => name !== column);

  return {
    ...match,
    definition: { ...definition, fields },
    memory: {
      columns: fields.map(printColumn),
      // No type is equal to this one, so the column stays out.
      stopped: [...memory.stopped, `${column}:?:RETYPED`],
    },
    newlyStopped: [...newlyStopped, { column, reason: 'RETYPED' }],
  };
}

function stoppedColumns(
  { definition, excluded }: TableDescription,
  memory: ColumnMemory,
  usable: ReadonlySet<string>,
): StoppedColumn[] {
  const reasons = new Map<string, StoppedReason>([
    ...[...knownTypes(memory).keys()].map((name) => [name, 'MISSING'] as const),
    ...definition.fields.map(({ name }) => [name, 'RETYPED'] as const),
    ...excluded.map(({ column, reason }) => [column, reason] as const),
  ]);

  return [...reasons].flatMap(([column, reason]) => (usable.has(column) ? [] : [{ column, reason }]));
}

/** The type of every column that was ever published. */
function knownTypes({ columns, stopped }: ColumnMemory): Map<string, string> {
  const pairs = [...(stopped ?? []), ...(columns ?? [])].map(parseColumn);

  return new Map(pairs.filter(([, type]) => type !== ''));
}

const printColumn = ({ name, type }: FieldDefinition): string => `${name}:${type}`;
const printStopped = ({ column, reason }: StoppedColumn, types: ReadonlyMap<string, string>): string =>
  `${column}:${types.get(column) ?? ''}:${reason}`;

function parseColumn(text: string): [string, string] {
  const [name = '', type = ''] = text.split(':');

  return [name, type];
}

/** Short and the same for the same columns in any order. */
export function fingerprintOf(columns: readonly string[]): string {
  return createHash('sha256')
    .update([...columns].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);
}
