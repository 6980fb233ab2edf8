import type { ChangeEvent, Checkpoint } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import type { Metrics } from '@lockstep/service-runtime';

/** Counts a committed page: events by kind, the progress of the first load, and how far behind the source it was. */
export function reportPublished(
  metrics: Metrics,
  checkpoint: Checkpoint,
  messages: readonly OutgoingMessage[],
): void {
  const { table } = checkpoint;
  for (const message of messages) {
    const event = message.value as Partial<ChangeEvent> | null;
    if (!event?.operation || !event.lane) continue;
    metrics.changesPublished.inc({ table, operation: event.operation, lane: event.lane });
    if (event.lane === 'LIVE') reportLag(metrics, table, event);
  }
  metrics.snapshotRowsDone.set({ table }, checkpoint.rowsDone);
  if (checkpoint.rowsTotal !== null) metrics.snapshotRowsTotal.set({ table }, checkpoint.rowsTotal);
}

/** Of fresh edits only: a first load shows rows that changed years ago. */
function reportLag(metrics: Metrics, table: string, { changedAt, observedAt }: Partial<ChangeEvent>): void {
  if (!changedAt || !observedAt) return;
  const lagMs = Date.parse(observedAt) - Date.parse(changedAt);
  metrics.sourceLagSeconds.observe({ table }, Math.max(0, lagMs / 1000));
}
