import type { FieldValue } from '@lockstep/change-events';
import { v5 as uuidFromName } from 'uuid';
import type { BesideTable } from './actions.ts';
import type { World } from './world.ts';

const idSpace = '0d7a1c9e-3f42-4b58-8a53-6c1f0e9d2b77';

/** The id of the row that is or was in a place; empty where none ever was. */
export const idOf = ({ beside }: World, table: BesideTable, slot: number): string =>
  beside[table][slot] ?? '';

export const isLive = ({ dynamics }: World, table: string, id: string): boolean =>
  dynamics.rows(table).some((row) => row.id === id);

type Saved = { readonly slot: number; readonly again: boolean };

/** What is not there is made: the row that was deleted, as out of a recycle bin, or another one in its place. */
export function save(
  world: World,
  kind: BesideTable,
  { slot, again }: Saved,
  fields: Record<string, FieldValue>,
): void {
  const former = idOf(world, kind, slot);
  if (isLive(world, kind, former)) return void world.dynamics.edit(kind, former, fields);
  const count = world.dynamics.states.filter(({ operation }) => operation === 'create').length;
  const id = again && former !== '' ? former : uuidFromName(`${kind} ${slot} ${count}`, idSpace);
  world.beside[kind][slot] = id;
  world.dynamics.seed(kind, [{ id, fields }]);
}

export type Place = { readonly table: BesideTable; readonly slot: number };

export function editLive(world: World, { table, slot }: Place, fields: Record<string, FieldValue>): void {
  const id = idOf(world, table, slot);
  if (isLive(world, table, id)) world.dynamics.edit(table, id, fields);
}
