import type { ClaimStore, GoldenStore, TroubleReader } from '@lockstep/ports';
import { emailClaim, isFreePerson, isLeftPerson, type GoldenRecord } from '@lockstep/reconciliation';

export type CandidateStores = {
  readonly golden: Pick<GoldenStore, 'load'>;
  readonly claims: Pick<ClaimStore, 'read'>;
};

export type ReviewStores = CandidateStores & { readonly troubles: TroubleReader };

/**
 * Whether a review may join the record to somebody: a person that was never linked is `free`; of one that is `left` every row of
 * Dynamics was deleted.
 */
export type Standing = 'free' | 'left' | 'taken';

/** Somebody with the same address. */
export type Candidate = { readonly record: GoldenRecord; readonly standing: Standing };

export type Review = { readonly record: GoldenRecord; readonly candidates: readonly Candidate[] };

export type ReviewPage = { readonly reviews: readonly Review[]; readonly next: string | null };

const candidatesMax = 20;

/** Records that wait for somebody to decide, those that wait for longest first; a page may hold fewer than there is room for. */
export async function listReviews(
  stores: ReviewStores,
  place: { readonly after: string | null; readonly limitMax: number },
): Promise<ReviewPage> {
  const { records, next } = await stores.troubles.page({}, place);

  return { reviews: await withCandidates(stores, records.filter(isInReview)), next };
}

/** True for a record that waits for somebody to decide. */
export const isInReview = ({ waiting }: GoldenRecord): boolean => waiting?.cause === 'review';

/** With the other records that claim the address of each. */
export async function withCandidates(
  { claims, golden }: CandidateStores,
  records: readonly GoldenRecord[],
): Promise<readonly Review[]> {
  const claiming = await claims.read(records.flatMap((record) => emailClaim(record) ?? []));
  const named = records.map((record) => {
    const ids = (claiming.get(emailClaim(record) ?? '') ?? []).map(({ goldenId }) => goldenId);
    return {
      record,
      others: [...new Set(ids)].filter((id) => id !== record.goldenId).slice(0, candidatesMax),
    };
  });
  const found = await golden.load([...new Set(named.flatMap(({ others }) => others))]);

  return named.map(({ record, others }) => ({
    record,
    candidates: others.flatMap((id) => {
      const other = found.get(id);
      return other ? [{ record: other, standing: standingOf(other) }] : [];
    }),
  }));
}

function standingOf(record: GoldenRecord): Standing {
  if (isFreePerson(record)) return 'free';

  return isLeftPerson(record) ? 'left' : 'taken';
}
