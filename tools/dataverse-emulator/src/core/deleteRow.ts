import { lookupTableAnnotation, type Row } from './columnDefinition.ts';
import { commitChange } from './commitChange.ts';
import { authorCells, withoutNulls } from './completeRow.ts';
import { twinOf } from './connectionTwins.ts';
import { DataverseError, errorCodes, rowMissing } from './dataverseError.ts';
import type { Actor } from './actor.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import { oneToMany, type OneToMany } from './relationships.ts';
import type { Commit } from './rowStore.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { inTransaction } from './transaction.ts';
import { idsWith } from './valueIndex.ts';

/** One delete with all that it brings about. */
interface Deletion {
  readonly state: OrganizationState;
  readonly actor: Actor;
  /** Rows that go, as `table id`: a circle of them ends here. */
  readonly going: Set<string>;
}

function pointsAt(row: Row, property: string, target: string): boolean {
  return row[`${property}@${lookupTableAnnotation}`] === target;
}

/** The rows that point at a row by the lookup of a relationship. */
function childrenOf(state: OrganizationState, relation: OneToMany, id: string): readonly string[] {
  const { property } = relation.column;
  const textsOf = (row: Row): readonly string[] =>
    pointsAt(row, property, relation.target) ? [String(row[property])] : [];
  const name = `${property} ${relation.target}`;
  return idsWith(state.store, { table: relation.table, name, textsOf }, id).filter((child) => {
    const row = state.store.row(relation.table, child);
    return row?.[property] === id && pointsAt(row, property, relation.target);
  });
}

function refuse({ name }: TableDefinition, { table }: OneToMany): DataverseError {
  return new DataverseError(
    405,
    errorCodes.cannotDeleteDueToAssociation,
    `The object you tried to delete is associated with another object and cannot be deleted. ('${name}' is referred to by '${table}'.)`,
  );
}

/** Blanks the lookup of a child. Its version rises; whether its author and time change too is a switch. */
function removeLink(
  { state, actor }: Deletion,
  { table: name, column: { property } }: OneToMany,
  id: string,
): void {
  const table = state.tables.get(name);
  const before = state.store.row(name, id);
  if (!table || !before) return;
  const author = state.settings.doesRemoveLinkTouchModified ? authorCells(table, actor, nowMs(state)) : {};
  const blank = { [property]: null, [`${property}@${lookupTableAnnotation}`]: null };
  const row = withoutNulls({ ...before, ...author, ...blank });
  commitChange(
    state,
    actor,
    state.store.save(name, id, (versionnumber) => ({ ...row, versionnumber })),
    [property],
  );
}

function restrictedBy(
  { state }: Deletion,
  relations: readonly OneToMany[],
  id: string,
): OneToMany | undefined {
  return relations.find(
    (relation) => relation.onDelete === 'Restrict' && childrenOf(state, relation, id).length > 0,
  );
}

function treatChild(deletion: Deletion, relation: OneToMany, child: string): void {
  const table = deletion.state.tables.get(relation.table);
  if (table && relation.onDelete === 'Cascade') deleteTree(deletion, table, child);
  if (relation.onDelete === 'RemoveLink') removeLink(deletion, relation, child);
}

function treatChildren(deletion: Deletion, table: TableDefinition, id: string): void {
  const { state } = deletion;
  const relations = oneToMany(state.tables.values(), table.name);
  const restricting = restrictedBy(deletion, relations, id);
  if (restricting) throw refuse(table, restricting);
  for (const relation of relations)
    if (relation.onDelete !== 'NoCascade')
      for (const child of childrenOf(state, relation, id)) treatChild(deletion, relation, child);
}

/** Removes the rows of an intersect table that hold the id in a column. */
function disassociate({ state, actor }: Deletion, intersect: string, column: string, id: string): void {
  const textsOf = (row: Row): readonly string[] => [String(row[column])];
  for (const each of idsWith(state.store, { table: intersect, name: column, textsOf }, id)) {
    const holds = state.store.row(intersect, each)?.[column] === id;
    const change = holds ? state.store.remove(intersect, each) : undefined;
    if (change) commitChange(state, actor, change);
  }
}

/** The rows of many-to-many relationships in which a row takes part. */
function disassociateAll(deletion: Deletion, { name }: TableDefinition, id: string): void {
  for (const { intersect, sides } of deletion.state.manyToMany.values())
    for (const { table, column } of sides) if (table === name) disassociate(deletion, intersect, column, id);
}

function deleteTree(deletion: Deletion, table: TableDefinition, id: string): Commit | undefined {
  const { state, actor, going } = deletion;
  const mark = `${table.name} ${id}`;
  const row = going.has(mark) ? undefined : state.store.row(table.name, id);
  if (!row) return undefined;
  going.add(mark);
  treatChildren(deletion, table, id);
  disassociateAll(deletion, table, id);
  const twin = twinOf(state, table, row);
  const change = state.store.remove(table.name, id);
  if (change) commitChange(state, actor, change);
  if (twin !== undefined) deleteTree(deletion, table, twin);
  return change;
}

/**
 * Deletes a row and leaves a tombstone. What becomes of rows that point at it is said by the relationships: they go too,
 * lose the link, or forbid it (405). All of that happens or nothing. Throws 404 when there is no such row.
 */
export function deleteRow(
  state: OrganizationState,
  table: TableDefinition,
  id: string,
  actor: Actor,
): Commit {
  return inTransaction(state, () => {
    const change = deleteTree({ state, actor, going: new Set() }, table, id);
    if (!change) throw rowMissing(table.name, id);
    return change;
  });
}
