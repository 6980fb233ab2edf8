import type { Checkpoint } from '@lockstep/change-events';
import type { MarketoPeople } from '@lockstep/ports';

/** Where the reader stands in Marketo's three feeds; stored as the position of the checkpoint. */
export type FeedPlaces = {
  readonly feed: string;
  readonly deleted: string;
  readonly merged: string;
  /** Every feed was read to its end at this time or later, ms since 1970. */
  readonly readAtMs: number;
  /** The last look back that came to its end began at this time, ms since 1970. */
  readonly lookedAtMs: number;
  /** Deletes or changes may have been missed: who is known must be looked for by id. */
  readonly isScanDue: boolean;
  /** The last search for everybody ended at this time, ms since 1970; absent before the first. */
  readonly comparedAtMs?: number;
};

/** `phase` is SNAPSHOT where everybody must be read again. */
export type Reopened = { readonly places: FeedPlaces; readonly phase: Checkpoint['phase'] };

const dayMs = 86_400_000;
/** New Lead rows are kept for ever (marketo-rest 3.4), so the feed since 2006 names every person. */
const feedStartMs = Date.UTC(2006, 0, 1);
/** Delete rows are kept for 14 days, rows of changes for 90 (marketo-rest 3.4); a day less, for what was written late. */
export const deletesKeptMs = 13 * dayMs;
export const changesKeptMs = 89 * dayMs;
/** Rows that were written late, and clocks that differ. What is read twice is decided once (design section 5, Run-over edits). */
const overlapMs = 15 * 60_000;

/** The places of a reader that has read nothing yet. */
async function firstPlaces(people: MarketoPeople, nowMs: number): Promise<FeedPlaces> {
  const now = await people.openFeed(nowMs);

  return {
    feed: await people.openFeed(feedStartMs),
    deleted: now,
    merged: now,
    readAtMs: nowMs,
    lookedAtMs: nowMs,
    isScanDue: false,
  };
}

type Stored = Pick<FeedPlaces, 'feed' | 'deleted'> & Partial<FeedPlaces>;

/** Merges were not always followed, and nobody looked back; merges are taken up where the deletes stand. */
function placesOf({ position, updatedAt }: Checkpoint): FeedPlaces | null {
  if (position === null) return null;
  const stored = JSON.parse(position) as Stored;
  const readAtMs = stored.readAtMs ?? Date.parse(updatedAt);

  return { merged: stored.deleted, lookedAtMs: readAtMs, isScanDue: false, ...stored, readAtMs };
}

/** The same places; of a reader that was away for too long, with the search for who is gone. */
function withScan(places: FeedPlaces, nowMs: number): FeedPlaces {
  return { ...places, isScanDue: places.isScanDue || nowMs - places.readAtMs > deletesKeptMs };
}

const areForgotten = ({ readAtMs }: FeedPlaces, nowMs: number): boolean => nowMs - readAtMs > changesKeptMs;

/** The places of a checkpoint, or those of a beginning; newer ones when Marketo has forgotten what came since. */
export async function resumedPlaces(
  people: MarketoPeople,
  checkpoint: Checkpoint,
  nowMs: number,
): Promise<Reopened> {
  const { phase } = checkpoint;
  const places = placesOf(checkpoint);
  if (places === null) return { places: await firstPlaces(people, nowMs), phase: 'SNAPSHOT' };
  if (phase !== 'SNAPSHOT' && areForgotten(places, nowMs))
    return reopenedPlaces(people, { places, phase }, nowMs);

  return { places: withScan(places, nowMs), phase };
}

/** New places for ones that are lost, from before the time up to which everything was read. */
export async function reopenedPlaces(
  people: MarketoPeople,
  { places, phase }: Reopened,
  nowMs: number,
): Promise<Reopened> {
  const since = await people.openFeed(places.readAtMs - overlapMs);
  const reopened = withScan({ ...places, feed: since, deleted: since, merged: since }, nowMs);
  if (phase !== 'SNAPSHOT' && !areForgotten(places, nowMs)) return { places: reopened, phase };

  const feed = await people.openFeed(feedStartMs);

  return { places: { ...reopened, feed, lookedAtMs: nowMs }, phase: 'SNAPSHOT' };
}
