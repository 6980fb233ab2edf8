import { commitChange } from './commitChange.ts';
import type { Collection } from './collections.ts';
import { lookupTableAnnotation, type Row } from './columnDefinition.ts';
import { DataverseError, errorCodes, rowMissing } from './dataverseError.ts';
import type { Actor } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import type { ManySide } from './relationships.ts';

/** Two rows that are related many-to-many: the one that was addressed and the one named. */
export interface Pair {
  readonly relation: NonNullable<Collection['manyToMany']>;
  readonly nearId: string;
  readonly farId: string;
}

function findPair(state: OrganizationState, { relation, nearId, farId }: Pair): Row | undefined {
  const { near, far } = relation;
  for (const row of state.store.rows(relation.relation.intersect))
    if (row[near.column] === nearId && row[far.column] === farId) return row;
  return undefined;
}

function requireRows(state: OrganizationState, { relation, nearId, farId }: Pair): void {
  const sides = [
    [relation.near.table, nearId],
    [relation.far.table, farId],
  ] as const;
  for (const [table, id] of sides) if (!state.store.row(table, id)) throw rowMissing(table, id);
}

/** Some intersect tables hold a side as a lookup, which names its table too. */
function cellsOf({ table, column }: ManySide, id: string): Row {
  const name = column.startsWith('_') ? { [`${column}@${lookupTableAnnotation}`]: table } : {};
  return { [column]: id, ...name };
}

/** Makes the row between two rows; it has a version of its own. Throws 412 when there is one. */
export function associate(state: OrganizationState, actor: Actor, pair: Pair): void {
  requireRows(state, pair);
  if (findPair(state, pair))
    throw new DataverseError(412, errorCodes.duplicateKey, 'Cannot insert duplicate key.');
  const { near, far, relation } = pair.relation;
  const key = state.tables.get(relation.intersect)?.key ?? `${relation.intersect}id`;
  const id = state.newId();
  const cells = { [key]: id, ...cellsOf(near, pair.nearId), ...cellsOf(far, pair.farId) };
  commitChange(
    state,
    actor,
    state.store.save(relation.intersect, id, (versionnumber) => ({ ...cells, versionnumber })),
  );
}

/** Removes the row between two rows and leaves a tombstone. Throws 404 when there is none. */
export function disassociate(state: OrganizationState, actor: Actor, pair: Pair): void {
  const { relation } = pair.relation;
  const key = state.tables.get(relation.intersect)?.key ?? `${relation.intersect}id`;
  const id = findPair(state, pair)?.[key];
  const change = typeof id === 'string' ? state.store.remove(relation.intersect, id) : undefined;
  if (!change) throw rowMissing(relation.intersect, pair.farId);
  commitChange(state, actor, change);
}
