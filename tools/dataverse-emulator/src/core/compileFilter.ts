import { cellTest, comparison, literalOf } from './cellTests.ts';
import { collectionOf } from './collections.ts';
import { lookupTableAnnotation, type ColumnDefinition, type Row } from './columnDefinition.ts';
import { badRequest, errorCodes } from './dataverseError.ts';
import type { FilterNode } from './filterSyntax.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import { cellReader, mayReadRow } from './readAccess.ts';
import { queryFunctionTest } from './queryFunctions.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** Whether a row passes. */
export type RowTest = (row: Row) => boolean;

interface Scope {
  readonly state: OrganizationState;
  readonly table: TableDefinition;
  /** The name by which a lambda calls its row. */
  readonly variable: string;
}

type CellTestOf = (column: ColumnDefinition) => (cell: Row[string]) => boolean;

/** The column of that JSON property name. Throws 400 when the table has none. */
export function requireProperty(table: TableDefinition, property: string): ColumnDefinition {
  const definition = table.byProperty.get(property);
  if (!definition)
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table.name}'.`,
    );
  return definition;
}

/** The tables a single-valued navigation property leads to: an owner is a user or a team. Throws 400 when there is no such property. */
export function requireNavigation(
  state: OrganizationState,
  table: TableDefinition,
  navigation: string,
): {
  readonly column: ColumnDefinition;
  readonly target: TableDefinition;
  readonly targets: readonly TableDefinition[];
} {
  const column = table.byNavigation.get(navigation);
  const named = column?.navigation?.filter(({ property }) => property === navigation) ?? [];
  const targets = named.flatMap((each) => state.tables.get(each.table) ?? []);
  const [target] = targets;
  if (!column || !target)
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Could not find a property named '${navigation}' on type 'Microsoft.Dynamics.CRM.${table.name}'.`,
    );
  return { column, target, targets };
}

/** The row a lookup points at, when it is of that table. */
export function referredRow(
  state: OrganizationState,
  row: Row,
  column: ColumnDefinition,
  target: TableDefinition,
): Row | undefined {
  const id = row[column.property];
  const isThere = row[`${column.property}@${lookupTableAnnotation}`] === target.name;
  return typeof id === 'string' && isThere ? state.store.row(target.name, id) : undefined;
}

/** A test of a property of the row itself, or one step away. */
function pathTest({ state, table, variable }: Scope, path: string, testOf: CellTestOf): RowTest {
  const parts = path.split('/');
  if (variable !== '' && parts[0] === variable) parts.shift();
  const [first = '', second, third] = parts;
  if (second === undefined) {
    const column = requireProperty(table, first);
    const test = testOf(column);
    const read = cellReader(state, table, column);
    return (row) => test(read(row));
  }
  if (third !== undefined) throw badRequest(errorCodes.invalidArgument, `The path '${path}' is too long.`);
  const { column, target } = requireNavigation(state, table, first);
  const property = requireProperty(target, second);
  const test = testOf(property);
  const readLookup = cellReader(state, table, column);
  const read = cellReader(state, target, property);
  return (row) => {
    const referred = readLookup(row) === null ? undefined : referredRow(state, row, column, target);
    return test(referred && mayReadRow(state, target, referred) ? read(referred) : null);
  };
}

const comparisons = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);

/** `firstname eq lastname`: two columns of a row, which have to be of one type. Undefined for a comparison with a literal. */
function columnsTest(
  { state, table }: Scope,
  { path, operator, literals }: Extract<FilterNode, { kind: 'compare' }>,
): RowTest | undefined {
  const [first, second] = [table.byProperty.get(path), table.byProperty.get(literals[0] ?? '')];
  if (!first || !second || !comparisons.has(operator)) return undefined;
  if (first.type !== second.type)
    throw badRequest(
      errorCodes.invalidArgument,
      `'${path}' and '${second.property}' are of different types.`,
    );
  const [left, right] = [cellReader(state, table, first), cellReader(state, table, second)];
  return (row) => {
    const [one = null, other = null] = [left(row), right(row)];
    return one !== null && other !== null && comparison(first, operator, other)(one);
  };
}

function lambdaTest(scope: Scope, node: Extract<FilterNode, { kind: 'lambda' }>): RowTest {
  if (scope.variable !== '')
    throw badRequest(errorCodes.invalidArgument, 'A lambda within a lambda is not supported.');
  const collection = collectionOf(scope.state, scope.table, node.path);
  const { body, quantifier, variable } = node;
  const test = body && compileFilter({ state: scope.state, table: collection.table, variable }, body);
  const readable = function* (rows: Iterable<Row>): Generator<Row, void> {
    for (const row of rows) if (mayReadRow(scope.state, collection.table, row)) yield row;
  };
  return (row) => {
    const related = readable(collection.rows(String(row[scope.table.key])));
    if (!test) return !related.next().done;
    for (const each of related) if (test(each) !== (quantifier === 'all')) return quantifier === 'any';
    return quantifier === 'all';
  };
}

/** Settles all names of a filter. Throws 400 for an unknown property or a literal of another type. */
export function compileFilter(scope: Scope, node: FilterNode): RowTest {
  switch (node.kind) {
    case 'not': {
      const test = compileFilter(scope, node.part);
      return (row) => !test(row);
    }
    case 'lambda':
      return lambdaTest(scope, node);
    case 'compare':
      return (
        columnsTest(scope, node) ??
        pathTest(scope, node.path, (column) => cellTest(column, node.operator, node.literals))
      );
    case 'query': {
      const about = { ...node, nowMs: nowMs(scope.state), callerId: scope.state.application.id };
      return pathTest(scope, node.path, (column) => queryFunctionTest({ ...about, column }));
    }
    default: {
      const tests = node.parts.map((part) => compileFilter(scope, part));
      return node.kind === 'and'
        ? (row) => tests.every((test) => test(row))
        : (row) => tests.some((test) => test(row));
    }
  }
}

/** What a filter demands of every row, so that fewer have to be looked at. */
export interface FilterBounds {
  /** Versions are greater than this. */
  readonly versionAfter: number | undefined;
  /** Ascending. */
  readonly ids: readonly string[] | undefined;
}

/** The bounds in the conjunction at the top of a filter. */
export function boundsOf(table: TableDefinition, node: FilterNode | undefined): FilterBounds {
  const parts = node?.kind === 'and' ? node.parts : node ? [node] : [];
  const literal = (name: string, operator: string): Row[string] | undefined => {
    const found = parts.find(
      (part) => part.kind === 'compare' && part.path === name && part.operator === operator,
    );
    const column = table.byProperty.get(name);
    return found?.kind === 'compare' && column ? literalOf(column, found.literals[0] ?? '') : undefined;
  };
  const greater = literal('versionnumber', 'gt');
  const atLeast = literal('versionnumber', 'ge');
  const after = greater ?? (typeof atLeast === 'number' ? atLeast - 1 : undefined);
  const id = literal(table.key, 'eq');
  return {
    versionAfter: typeof after === 'number' ? after : undefined,
    ids: typeof id === 'string' ? [id] : undefined,
  };
}
