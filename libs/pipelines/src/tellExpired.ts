import { consumerGroups, topics } from '@lockstep/change-events';
import type { Clock, EventLog, Publisher } from '@lockstep/ports';
import { notice } from './notices.ts';

const lanes = {
  inbox: [consumerGroups.reconcile, topics.inbox],
  backfill: [consumerGroups.reconcileBackfill, topics.inboxBackfill],
} as const;

/**
 * Tells of messages that the inbox keeps no longer and that nobody has decided; returns how many. To be asked before the first
 * batch, which moves the places on.
 */
export async function tellExpired(
  log: Pick<EventLog, 'expired'>,
  publisher: Pick<Publisher, 'publish'>,
  clock: Pick<Clock, 'now'>,
): Promise<number> {
  const counts: Record<string, number> = {};
  for (const [lane, [group, topic]] of Object.entries(lanes)) {
    const expired = await log.expired(group, [topic]);
    if (expired > 0) counts[lane] = expired;
  }
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all > 0) await publisher.publish([notice('INBOX_EXPIRED', 'inbox', { counts, atMs: clock.now() })]);

  return all;
}
