import type { ClaimStore, GoldenStore, TroubleReader } from '@lockstep/ports';
import { emailClaim, isFreePerson, type GoldenRecord } from '@lockstep/reconciliation';

export type ReviewStores = {
  readonly golden: Pick<GoldenStore, 'load'>;
  readonly claims: Pick<ClaimStore, 'read'>;
  readonly troubles: TroubleReader;
};

/** Somebody with the same address; `isFree` when a review may join the record to it. */
export type Candidate = { readonly record: GoldenRecord; readonly isFree: boolean };

export type Review = { readonly record: GoldenRecord; readonly candidates: readonly Candidate[] };

export type ReviewPage = { readonly reviews: readonly Review[]; readonly next: string | null };

const candidatesMax = 20;

/** Records that wait for somebody to decide, those that wait for longest first; a page may hold fewer than there is room for. */
export async function listReviews(
  stores: ReviewStores,
  place: { readonly after: string | null; readonly limitMax: number },
): Promise<ReviewPage> {
  const { records, next } = await stores.troubles.page({}, place);
  const waiting = records.filter(isInReview);
  const reviews = await Promise.all(
    waiting.map(async (record) => ({ record, candidates: await findCandidates(stores, record) })),
  );

  return { reviews, next };
}

/** True for a record that waits for somebody to decide. */
export const isInReview = ({ waiting }: GoldenRecord): boolean => waiting?.cause === 'review';

/** Other records that claim the record's address. */
export async function findCandidates(
  { claims, golden }: Pick<ReviewStores, 'golden' | 'claims'>,
  record: GoldenRecord,
): Promise<readonly Candidate[]> {
  const claim = emailClaim(record);
  const claiming = claim === null ? [] : ((await claims.read([claim])).get(claim) ?? []);
  const others = new Set(claiming.map(({ goldenId }) => goldenId).filter((id) => id !== record.goldenId));
  const found = await golden.load([...others].slice(0, candidatesMax));

  return [...found.values()].map((other) => ({ record: other, isFree: isFreePerson(other) }));
}
