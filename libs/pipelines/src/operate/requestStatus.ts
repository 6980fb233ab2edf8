import type { Checkpoint } from '@lockstep/change-events';

/** Checkpoints of this source count requests, and hold no place in a table. */
export const requestsSource = 'requests';

/** Requests to Dataverse of today (UTC) by the extractors of one table group. */
export type RequestStatus = { readonly group: string; readonly used: number; readonly budget: number | null };

/** Null for the checkpoint of a table. A count that was last saved on another day is over. */
export function requestStatus(checkpoint: Checkpoint, nowMs: number): RequestStatus | null {
  const { source, table, rowsDone, rowsTotal, updatedAt } = checkpoint;
  if (source !== requestsSource) return null;
  const isToday = updatedAt.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10);

  return { group: table, used: isToday ? rowsDone : 0, budget: rowsTotal };
}
