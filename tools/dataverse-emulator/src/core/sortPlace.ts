import { compareCells } from './cellTests.ts';
import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';
import { requireProperty } from './compileFilter.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** One column rows are ordered by, of the row itself or one step away. */
export interface Ordering {
  readonly column: ColumnDefinition;
  readonly isDescending: boolean;
  /** Whether the column is the row's own. */
  readonly isOwn: boolean;
  readonly read: (row: Row) => Row[string];
}

/** Where a row stands in the order of a query: the cells it is ordered by, and its key. */
export type SortPlace = readonly CellValue[];

/** What rows are sorted by, before their key. */
export interface Sorting {
  readonly table: TableDefinition;
  readonly orderings: readonly Ordering[];
}

/** The place of a row. */
export function placeOf({ table, orderings }: Sorting, row: Row): SortPlace {
  return [...orderings.map(({ read }) => read(row) ?? null), row[table.key] ?? null];
}

/** Compares places by the columns asked for and then by key. */
export function comparePlaces({ table, orderings }: Sorting, left: SortPlace, right: SortPlace): number {
  for (const [index, { column, isDescending }] of orderings.entries()) {
    const order = compareCells(column, left[index] ?? null, right[index] ?? null);
    if (order !== 0) return isDescending ? -order : order;
  }
  return compareCells(requireProperty(table, table.key), left.at(-1) ?? null, right.at(-1) ?? null);
}

/** A place as a paging cookie carries it: in an encoding that does not grow when it is encoded again. */
export function placeText(place: SortPlace): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Undefined when the text is no place in the order of the query. */
export function parsePlace({ orderings }: Sorting, source: string): SortPlace | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(source, 'base64url').toString());
    return Array.isArray(place) && place.length === orderings.length + 1 ? place : undefined;
  } catch {
    return undefined;
  }
}
