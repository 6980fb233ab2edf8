import { associate } from '../core/associate.ts';
import { findCollection, type Collection } from '../core/collections.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { Commit } from '../core/rowStore.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { inTransaction } from '../core/transaction.ts';
import { createRow, type WriteRequest } from '../core/writeRow.ts';
import { isMembers, type Members } from './actions/actionBody.ts';
import { requirePrivilege } from './privileges.ts';

const depthMax = 10;

/** Where a body goes and how deep it lies. */
interface Level {
  readonly state: OrganizationState;
  readonly request: WriteRequest;
  readonly depth: number;
}

/** A body with the rows that are nested in it taken out. */
interface Parted {
  readonly plain: Members;
  /** Rows that this one refers to: they come first. */
  readonly parents: readonly (readonly [navigation: string, members: Members])[];
  /** Rows that refer to this one: they come after it. */
  readonly children: readonly (readonly [collection: Collection, rows: readonly Members[]])[];
}

function childRows(name: string, value: readonly unknown[]): readonly Members[] {
  return value.map((each) => {
    if (isMembers(each)) return each;
    throw badRequest(errorCodes.undeclaredProperty, `'${name}' holds something that is no row.`);
  });
}

function parted(state: OrganizationState, { table, body }: WriteRequest): Parted {
  const plain: Record<string, unknown> = {};
  const parents: [string, Members][] = [];
  const children: [Collection, readonly Members[]][] = [];
  for (const [name, value] of Object.entries(body)) {
    const collection = Array.isArray(value) ? findCollection(state, table, name) : undefined;
    if (collection) children.push([collection, childRows(name, value as readonly unknown[])]);
    else if (isMembers(value) && table.byNavigation.has(name)) parents.push([name, value]);
    else plain[name] = value;
  }
  return { plain, parents, children };
}

/** Whether rows are nested in a body. */
export function isDeep(state: OrganizationState, request: Pick<WriteRequest, 'table' | 'body'>): boolean {
  return Object.entries(request.body).some(([name, value]) =>
    Array.isArray(value)
      ? findCollection(state, request.table, name) !== undefined
      : isMembers(value) && request.table.byNavigation.has(name),
  );
}

function nested(level: Level, table: TableDefinition, body: Members): Commit {
  const { state, request, depth } = level;
  if (depth >= depthMax)
    throw badRequest(errorCodes.invalidArgument, `Rows are nested more than ${depthMax} deep.`);
  requirePrivilege(state, 'Create', table);
  return insert({ state, request: { ...request, table, body }, depth: depth + 1 });
}

function targetOf({ state, request: { table } }: Level, navigation: string): TableDefinition {
  const found = table.byNavigation
    .get(navigation)
    ?.navigation?.filter((each) => each.property === navigation);
  const target = found?.length === 1 ? state.tables.get(found[0]?.table ?? '') : undefined;
  if (target) return target;
  throw badRequest(errorCodes.undeclaredProperty, `A row cannot be created through '${navigation}'.`);
}

function addChild(level: Level, collection: Collection, parentId: string, members: Members): void {
  const { state, request } = level;
  const { lookup, manyToMany: relation, table } = collection;
  const bind = lookup && {
    [`${lookup.navigation}@odata.bind`]: `${request.table.set}(${parentId})`,
  };
  const { id } = nested(level, table, { ...members, ...bind });
  if (relation) associate(state, request.actor, { relation, nearId: parentId, farId: id });
}

function insert(level: Level, urlId?: string): Commit {
  const { state, request } = level;
  const { plain, parents, children } = parted(state, request);
  const binds = parents.map(([navigation, members]) => {
    const target = targetOf(level, navigation);
    return [`${navigation}@odata.bind`, `${target.set}(${nested(level, target, members).id})`] as const;
  });
  const change = createRow(state, { ...request, body: { ...plain, ...Object.fromEntries(binds) } }, urlId);
  for (const [collection, rows] of children)
    for (const members of rows) addChild(level, collection, change.id, members);
  return change;
}

/** Creates a row and the rows nested in its body, all or none (facts, section 3.8). Answers the outermost. */
export function insertDeep(state: OrganizationState, request: WriteRequest, urlId?: string): Commit {
  if (!isDeep(state, request)) return createRow(state, request, urlId);
  return inTransaction(state, () => insert({ state, request, depth: 1 }, urlId));
}

/** The body of an update. Throws 400 when rows are nested in it, or leaves them out, as the switch says: only a create has them. */
export function updateBody(state: OrganizationState, request: WriteRequest): Members {
  if (!isDeep(state, request)) return request.body;
  if (state.settings.deepUpdates === 'refused')
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Deep update of navigation properties is not allowed on '${request.table.name}'.`,
    );
  return parted(state, request).plain;
}
