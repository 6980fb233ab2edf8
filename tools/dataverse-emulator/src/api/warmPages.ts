import { setImmediate as turn } from 'node:timers/promises';
import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { beginTrackedRead, type TrackedCursor } from '../core/trackedPage.ts';
import type { Call } from './call.ts';
import { readTrackedPage } from './readTracked.ts';

/** Reads a table as a first tracked read does, so that its pages are in the cache; answers their number. */
export async function warmPages(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
): Promise<number> {
  let pages = 0;
  let cursor: TrackedCursor | undefined = beginTrackedRead(state, 0);
  while (cursor) {
    cursor = readTrackedPage(state, { ...call, isGzipWelcome: true }, table, cursor).next;
    pages += 1;
    await turn();
  }
  return pages;
}
