import { topics, type Checkpoint } from '@lockstep/change-events';
import type { Clock, EventLog, Publisher, SyncStateStore } from '@lockstep/ports';
import { notice } from './notices.ts';

export type FirstReadsOptions = {
  readonly log: EventLog;
  readonly syncState: SyncStateStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly routerGroup: string;
  readonly reconcileGroup: string;
  /** The group of the backfill lane, where it has its own. */
  readonly reconcileBackfillGroup?: string;
  /** Tables of Dynamics whose first read must be complete. */
  readonly tables: readonly string[];
};

/**
 * Both sides count as read once every source has come to its end and everything it published up to then is decided: only
 * then does the absence of a match mean anything (design section 5, First meeting). Returns whether that is so.
 */
export async function checkFirstReads(options: FirstReadsOptions): Promise<boolean> {
  const { log, syncState, tables } = options;
  if (await syncState.firstReadsComplete()) return true;
  const checkpoints = await log.readLatest(topics.checkpoints);
  const sources = [...tables.map((table) => `dynamics/${table}`), 'marketo/person'];
  const complete = sources.every(
    (key) => (checkpoints.get(key) as Checkpoint | undefined)?.phase === 'STREAMING',
  );
  if (!complete) return false;
  const changes = [
    ...tables.map((table) => topics.dynamicsChanges(table)),
    topics.marketingChanges('lead'),
    topics.marketingChanges('contact'),
  ];
  if ((await log.lag(options.routerGroup, changes)) > 0) return false;
  const { reconcileGroup, reconcileBackfillGroup = reconcileGroup } = options;
  if ((await log.lag(reconcileBackfillGroup, [topics.inboxBackfill])) > 0) return false;
  if ((await log.lag(reconcileGroup, [topics.inbox])) > 0) return false;
  await syncState.markFirstReadsComplete();
  const facts = { counts: { sources: sources.length }, atMs: options.clock.now() };
  await options.publisher.publish([notice('FIRST_READS_COMPLETE', 'person', facts)]);
  return true;
}
