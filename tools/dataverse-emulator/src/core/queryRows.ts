import type { Row } from './columnDefinition.ts';
import {
  boundsOf,
  compileFilter,
  referredRow,
  requireNavigation,
  requireProperty,
  type FilterBounds,
  type RowTest,
} from './compileFilter.ts';
import { badRequest, errorCodes } from './dataverseError.ts';
import { parseFilterSyntax } from './filterSyntax.ts';
import { idsInOrder } from './keyOrder.ts';
import type { OrganizationState } from './organizationState.ts';
import { cellReader, mayReadRow } from './readAccess.ts';
import { comparePlaces, placeOf, type Ordering, type SortPlace } from './sortPlace.ts';
import type { TableDefinition } from './tableDefinition.ts';

export { requireProperty } from './compileFilter.ts';

/** A query with its names settled. */
export interface RowQuery {
  readonly table: TableDefinition;
  readonly test: RowTest;
  readonly bounds: FilterBounds;
  readonly orderings: readonly Ordering[];
}

/** Where a query goes on: after a version, after an id, or after a place among sorted rows. */
export type Resume =
  | { readonly order: 'version'; readonly after: string | undefined }
  | { readonly order: 'key'; readonly after: string | undefined }
  | { readonly order: 'sorted'; readonly after: SortPlace | undefined };

function parseOrdering(state: OrganizationState, table: TableDefinition, source: string): Ordering {
  const [, path = '', second, direction] = /^\s*(\w+)(?:\/(\w+))?(?:\s+(asc|desc))?\s*$/.exec(source) ?? [];
  if (path === '')
    throw badRequest(errorCodes.undeclaredProperty, `'${source.trim()}' is not something to order by.`);
  const isDescending = direction === 'desc';
  if (second === undefined) {
    const column = requireProperty(table, path);
    return { column, isDescending, isOwn: true, read: cellReader(state, table, column) };
  }
  const { column: lookup, target } = requireNavigation(state, table, path);
  const column = requireProperty(target, second);
  const readCell = cellReader(state, target, column);
  const readLookup = cellReader(state, table, lookup);
  const read = (row: Row): Row[string] => {
    const referred = readLookup(row) === null ? undefined : referredRow(state, row, lookup, target);
    return referred && mayReadRow(state, target, referred) ? readCell(referred) : null;
  };
  return { column, isDescending, isOwn: false, read };
}

/** Settles `$filter` and `$orderby`, of the rows with these ids. Throws 400 for a syntax error or an unknown name. */
export function parseQuery(
  state: OrganizationState,
  table: TableDefinition,
  options: Readonly<Record<string, string>>,
  ids?: readonly string[],
): RowQuery {
  const source = options['$filter'];
  const node = source === undefined ? undefined : parseFilterSyntax(source, options);
  const matches = node ? compileFilter({ state, table, variable: '' }, node) : (): boolean => true;
  const among = ids && new Set(ids);
  const isAmong: RowTest = (row) => among?.has(String(row[table.key])) ?? true;
  const test: RowTest = (row) => isAmong(row) && mayReadRow(state, table, row) && matches(row);
  const orderings = options['$orderby']?.split(',').map((each) => parseOrdering(state, table, each)) ?? [];
  const bounds = boundsOf(table, node);
  return { table, test, bounds: among ? { ...bounds, ids: [...among].sort() } : bounds, orderings };
}

/** Where a query begins. */
export function beginning({ table, orderings }: RowQuery): Resume {
  const [first] = orderings;
  if (first === undefined) return { order: 'key', after: undefined };
  if (orderings.length === 1 && !first.isDescending && first.isOwn) {
    if (first.column === table.byName.get('versionnumber')) return { order: 'version', after: undefined };
    if (first.column === table.byName.get(table.key)) return { order: 'key', after: undefined };
  }
  return { order: 'sorted', after: undefined };
}

function* byVersion(state: OrganizationState, { table }: RowQuery, after: number): Generator<Row> {
  for (const { row } of state.store.changes(table.name, after, state.store.highWaterMark()))
    if (row) yield row;
}

function* byKey(state: OrganizationState, { table, bounds }: RowQuery, after: string): Generator<Row> {
  const ids = bounds.ids ?? idsInOrder(state.store, table.name, after);
  for (const id of ids) {
    const row = id > after ? state.store.row(table.name, id) : undefined;
    if (row) yield row;
  }
}

function candidates(state: OrganizationState, query: RowQuery): Iterable<Row> {
  const { bounds, table } = query;
  if (bounds.ids !== undefined) return byKey(state, query, '');
  if (bounds.versionAfter !== undefined) return byVersion(state, query, bounds.versionAfter);
  return state.store.rows(table.name);
}

/** Compares rows by the columns asked for and then by key. */
export function rowComparison(query: RowQuery): (left: Row, right: Row) => number {
  return (left, right) => comparePlaces(query, placeOf(query, left), placeOf(query, right));
}

function* backwards(state: OrganizationState, query: RowQuery): Generator<Row> {
  for (const { id, isDelete } of state.store.marksBackward(query.table.name)) {
    const row = isDelete ? undefined : state.store.row(query.table.name, id);
    if (row && query.test(row)) yield row;
  }
}

function* sorted(state: OrganizationState, query: RowQuery): Generator<Row> {
  const found: { readonly row: Row; readonly place: SortPlace }[] = [];
  for (const row of candidates(state, query))
    if (query.test(row)) found.push({ row, place: placeOf(query, row) });
  found.sort((left, right) => comparePlaces(query, left.place, right.place));
  for (const { row } of found) yield row;
}

function isNewestFirst({ orderings, table }: RowQuery): boolean {
  const [first] = orderings;
  return first?.isOwn === true && first.isDescending && first.column === table.byName.get('versionnumber');
}

function* passing(rows: Iterable<Row>, test: RowTest): Generator<Row> {
  for (const row of rows) if (test(row)) yield row;
}

function sortedAfter(
  state: OrganizationState,
  query: RowQuery,
  after: SortPlace | undefined,
): Generator<Row> {
  const rows = isNewestFirst(query) ? backwards(state, query) : sorted(state, query);
  return after ? passing(rows, (row) => comparePlaces(query, placeOf(query, row), after) > 0) : rows;
}

/** Rows that match, in their order, from a place on. In the order of versions or ids nothing is sorted or held. */
export function queryRows(state: OrganizationState, query: RowQuery, resume: Resume): Generator<Row> {
  if (resume.order === 'version') {
    const after = Math.max(Number(resume.after ?? 0), query.bounds.versionAfter ?? 0);
    return passing(byVersion(state, query, after), query.test);
  }
  if (resume.order === 'key') {
    const after = resume.after ?? '';
    const isLater: RowTest = (row) => String(row[query.table.key]) > after;
    if (query.bounds.versionAfter !== undefined) return passing(sorted(state, query), isLater);
    return passing(byKey(state, query, after), query.test);
  }
  return sortedAfter(state, query, resume.after);
}
