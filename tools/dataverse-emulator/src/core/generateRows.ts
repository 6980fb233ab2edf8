import { setImmediate as turn } from 'node:timers/promises';
import { believableRows } from './believableValues.ts';
import type { CellValue } from './columnDefinition.ts';
import type { Actor } from './actor.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { createRow } from './writeRow.ts';

/** What to make. The same seed makes the same rows. */
export interface Generation {
  readonly table: TableDefinition;
  readonly count: number;
  readonly seed: number;
  readonly actor: Actor;
}

const sliceSize = 500;

/** Cells that follow from others of the row (facts, section 2.2). */
function addComputed(table: TableDefinition, cells: Record<string, CellValue>): void {
  for (const { type, property } of table.columns) {
    const source = property.replace(/_base$/, '');
    if (type === 'Money' && source !== property) cells[property] = cells[source] ?? null;
  }
  Object.assign(cells, table.compute?.(cells));
}

/**
 * Creates believable rows, with a turn for other calls after every few hundred. The first is written like any other; the
 * rest differ from it in the generated cells only and are not read, checked or announced one by one, which would take most of the time.
 * Rejects when the first row's id is taken: then the seed was used before.
 */
export async function generateRows(state: OrganizationState, generation: Generation): Promise<void> {
  const { table, count, seed, actor } = generation;
  const atMs = nowMs(state);
  const fillNext = believableRows(table, seed, atMs);
  const body: Record<string, CellValue> = {};
  fillNext(body);
  for (const { scale, property } of table.columns)
    if (scale !== undefined && typeof body[property] === 'string') body[property] = Number(body[property]);
  const cells = { ...createRow(state, { table, body, actor, isPrivileged: true }).after };
  for (let made = 1; made < count; made += 1) {
    if (made % sliceSize === 0) await turn();
    fillNext(cells);
    addComputed(table, cells);
    const commit = state.store.save(table.name, String(cells[table.key]), () => cells);
    state.states.append({ ...commit, atMs, actor });
  }
}
