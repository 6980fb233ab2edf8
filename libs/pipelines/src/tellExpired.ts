import type { Clock, EventLog, Publisher } from '@lockstep/ports';
import { notice } from './notices.ts';

/** By the name of its count, which group reads what of the inbox. */
export type Lanes = Readonly<Record<string, { readonly group: string; readonly topics: readonly string[] }>>;

/**
 * Tells of messages that the inbox keeps no longer and that nobody has decided; returns how many. To be asked before the first
 * batch, which moves the places on.
 */
export async function tellExpired(
  lanes: Lanes,
  {
    log,
    publisher,
    clock,
  }: {
    readonly log: Pick<EventLog, 'expired'>;
    readonly publisher: Pick<Publisher, 'publish'>;
    readonly clock: Pick<Clock, 'now'>;
  },
): Promise<number> {
  const counts: Record<string, number> = {};
  for (const [lane, { group, topics }] of Object.entries(lanes)) {
    const expired = await log.expired(group, topics);
    if (expired > 0) counts[lane] = expired;
  }
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all > 0) await publisher.publish([notice('INBOX_EXPIRED', 'inbox', { counts, atMs: clock.now() })]);

  return all;
}
