import { SyncError } from '@lockstep/change-events';
import { leaseMembers, type EventLogSettings, type LeaseMembers } from '@lockstep/kafka';
import { systemClock } from '@lockstep/service-runtime';

/** A killed process stays in its group for some seconds, and a group shows nothing while it chooses. */
const waitMsMax = 15_000;
const retryDelayMs = 1_000;

/** The extractors of one lease, and what they read. */
export type TableGroup = { readonly lease: string; readonly tables: readonly string[] };

/** What the members of the lease are to know of each other. */
export const noteOf = ({ tables }: TableGroup): string => tables.join(',');

/**
 * Two groups that read one table would fence each other for ever, so the one that comes later stops before it joins. Throws
 * TABLES_OVERLAP.
 */
export async function assertTablesFree(
  { kafka, prefix }: Pick<EventLogSettings, 'kafka' | 'prefix'>,
  own: TableGroup,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = systemClock.monotonic() + waitMsMax;
  while (!signal.aborted) {
    const others = await leaseMembers(kafka, prefix, 'extractor');
    const overlap = overlapOf(own, others);
    const isOver = systemClock.monotonic() >= deadlineMs;
    if (overlap !== null && isOver) throw new SyncError('TABLES_OVERLAP', overlap);
    if (overlap === null && (isOver || others.every(({ isSettled }) => isSettled))) return;
    await systemClock.sleep(retryDelayMs, signal);
  }
}

type Overlap = { readonly lease: string; readonly otherLease: string; readonly tables: string };

/** The first other lease whose members read a table of ours; null when there is none. */
export function overlapOf(own: TableGroup, members: readonly LeaseMembers[]): Overlap | null {
  for (const { lease, notes } of members) {
    const taken = new Set(notes.flatMap((note) => note.split(',')));
    const tables = own.tables.filter((table) => taken.has(table));
    if (lease !== own.lease && tables.length > 0)
      return { lease: own.lease, otherLease: lease, tables: tables.join(', ') };
  }

  return null;
}
