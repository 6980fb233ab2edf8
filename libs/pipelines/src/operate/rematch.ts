import type { GoldenRecord } from '@lockstep/reconciliation';
import { partedIdOf, told, wishMessage, type Asker, type AskOptions } from './askRecords.ts';
import {
  isInReview,
  withCandidates,
  type Candidate,
  type CandidateStores,
  type Review,
  type ReviewStores,
} from './listReviews.ts';

/** How many records of a page wait because others have their address, and what becomes of them. */
export type RematchPage = {
  readonly waiting: number;
  /** Get the person of the one other record with their address, whose rows of Dynamics were all deleted. */
  readonly matched: number;
  /** Stay in review: several others have the address, or none any more. */
  readonly unclear: number;
  /** Stay in review: the one other record has a row that is there. */
  readonly taken: number;
  readonly next: string | null;
};

export type RematchAsk = Asker & {
  readonly after: string | null;
  /** Those that wait since before; one time for all pages. */
  readonly until: string;
  /** Counts alone. */
  readonly isDryRun: boolean;
};

const rematchedMax = 100;

/**
 * Gives rows that came in the place of deleted ones the persons of those (G-28): another environment has the same people under other
 * ids. Without a doubt about who is meant: exactly one other record has the address, and no row any more.
 */
export async function rematchPage(
  options: AskOptions & { readonly stores: ReviewStores },
  { after, until, isDryRun, actor }: RematchAsk,
): Promise<RematchPage> {
  const { stores } = options;
  const filter = { code: 'MARKETO_AMBIGUOUS', until };
  const { records, next } = await stores.troubles.page(filter, { after, limitMax: rematchedMax });
  const reviews = await withCandidates(stores, records.filter(isInReview));
  const alone = reviews.flatMap((review) => aloneIn(review) ?? []);
  const matched = alone.filter(({ candidate }) => candidate.standing === 'left');
  if (!isDryRun) await joinAll(options, matched, actor);

  return {
    waiting: reviews.length,
    matched: matched.length,
    unclear: reviews.length - alone.length,
    taken: alone.length - matched.length,
    next,
  };
}

/** A record in review, and whose person it is to have. */
export type Joining = { readonly record: GoldenRecord; readonly candidate: Candidate };

function aloneIn({ record, candidates: [candidate, ...others] }: Review): Joining | null {
  return candidate && others.length === 0 ? { record, candidate } : null;
}

/** The candidate of a record in review with this id, where a review may join the two. */
export async function findJoining(
  stores: CandidateStores,
  record: GoldenRecord,
  goldenId: string | null,
): Promise<Joining | null> {
  const [review] = await withCandidates(stores, [record]);
  const candidate = review?.candidates.find((other) => other.record.goldenId === goldenId);

  return candidate && candidate.standing !== 'taken' ? { record, candidate } : null;
}

/**
 * Joins records in review to the persons of others. Deleted rows leave a person first: its owner reads that before it is asked for
 * the person.
 */
export async function joinAll(
  options: AskOptions,
  joinings: readonly Joining[],
  actor: string,
): Promise<void> {
  if (joinings.length === 0) return;
  const leaves = joinings.flatMap(({ candidate: { record, standing } }) =>
    standing === 'left'
      ? [wishMessage({ goldenId: record.goldenId, wish: 'leave', target: partedIdOf(record) })]
      : [],
  );
  if (leaves.length > 0) await options.publisher.publish(leaves);
  const wishes = joinings.map(({ record: { goldenId }, candidate: { record } }) =>
    wishMessage({ goldenId, wish: 'review-join', target: record.goldenId }),
  );
  const [only] = joinings.length === 1 ? joinings : [];
  const entity = only ? `golden/${only.record.goldenId}` : 'golden';
  const tell = told(options, entity, { actor, action: 'review-join', records: joinings.length });
  await options.publisher.publish([...wishes, tell]);
}
