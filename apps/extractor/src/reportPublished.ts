import { topics, type ChangeEvent, type Checkpoint, type DeadLetter } from '@lockstep/change-events';
import { progressOf } from '@lockstep/pipelines';
import type { OutgoingMessage } from '@lockstep/ports';
import type { Metrics } from '@lockstep/service-runtime';

/**
 * Counts a committed page: events by kind, rows that were set aside, and how far behind the source it was. Answers how
 * many events there were.
 */
export function reportPublished(
  metrics: Metrics,
  table: string,
  messages: readonly OutgoingMessage[],
): number {
  const changes = topics.dynamicsChanges(table);
  let events = 0;
  for (const { topic, value } of messages) {
    if (topic === topics.deadLetters) metrics.deadLetters.inc({ code: (value as DeadLetter).code });
    if (topic !== changes || value === null) continue;
    events += 1;
    reportEvent(metrics, table, value as ChangeEvent);
  }

  return events;
}

function reportEvent(metrics: Metrics, table: string, event: ChangeEvent): void {
  const { operation, lane } = event;
  metrics.changesPublished.inc({ table, operation, lane });
  if (lane === 'LIVE') reportLag(metrics, table, event);
}

/** Of fresh edits only: a first load shows rows that changed years ago. */
function reportLag(metrics: Metrics, table: string, { changedAt, observedAt }: ChangeEvent): void {
  if (changedAt === null) return;
  const lagMs = Date.parse(observedAt) - Date.parse(changedAt);
  metrics.sourceLagSeconds.observe({ table }, Math.max(0, lagMs / 1000));
}

/** How far the read of the whole table is; the pace is taken away when it is over. */
export function reportProgress(metrics: Metrics, checkpoint: Checkpoint, nowMs: number): void {
  const { table, rowsDone, rowsTotal } = checkpoint;
  const { rowsPerSecond, secondsLeft } = progressOf(checkpoint, nowMs) ?? atRest;
  metrics.snapshotRowsDone.set({ table }, rowsDone);
  if (rowsTotal !== null) metrics.snapshotRowsTotal.set({ table }, rowsTotal);
  metrics.snapshotRowsPerSecond.set({ table }, rowsPerSecond ?? 0);
  metrics.snapshotSecondsLeft.set({ table }, secondsLeft ?? 0);
  reportState(metrics, checkpoint);
}

const atRest = { rowsPerSecond: null, secondsLeft: null };

function reportState(metrics: Metrics, { table, state }: Checkpoint): void {
  metrics.tablePaused.set({ table }, state?.pausedAt ? 1 : 0);
  metrics.deletesHeld.set({ table }, state?.deletesHeld ?? 0);
}
