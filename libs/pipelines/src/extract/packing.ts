import { NotPacked, topics, type EventPacking } from '@lockstep/change-events';
import type { DynamicsPage } from '@lockstep/ports';
import { contextOf, type Session } from './session.ts';
import { purposeOf } from './tableState.ts';

/**
 * How the events of the next page of a first load may be packed; null where their fields have to be looked at, since column security may hide
 * a value, and for every other read.
 */
export async function packingOf(session: Session): Promise<EventPacking | null> {
  const { options, checkpoint, description } = session;
  const { log, table } = options;
  if (log.registered === undefined || description === null || description.secured.length > 0) return null;
  // A comparison publishes few of the rows that it reads.
  if (purposeOf(checkpoint) !== 'FIRST_LOAD') return null;
  const schema = await log.registered(topics.dynamicsChanges(table));

  return { schema, context: () => contextOf(session, { lane: 'BACKFILL', operation: 'SNAPSHOT' }) };
}

/** What has to look at fields does so of a page by values. */
export function assertUnpacked({ unpacked }: Pick<DynamicsPage, 'unpacked'>): void {
  if (unpacked) throw new NotPacked('a page whose values are needed');
}

/** Does a page again by values when it cannot go on as it was packed; until then nothing of it is visible, and nothing is remembered. */
export async function orUnpacked(
  page: DynamicsPage,
  work: (page: DynamicsPage) => Promise<void>,
): Promise<void> {
  try {
    await work(page);
  } catch (error) {
    if (!(error instanceof NotPacked) || page.unpacked === undefined) throw error;
    await work(await page.unpacked());
  }
}
