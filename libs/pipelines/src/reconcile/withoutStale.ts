import type { GoldenStore } from '@lockstep/ports';
import { claimsOf, emailClaim, type EmailClaim, type GoldenRecord } from '@lockstep/reconciliation';

type Claiming = ReadonlyMap<string, readonly EmailClaim[]>;

type Known = {
  readonly stored: ReadonlyMap<string, GoldenRecord>;
  /** What messages of the batch claim: their records do not know of it yet. */
  readonly brought: readonly EmailClaim[];
};

/**
 * The claims without those that their record does not make any more, as a process that died after a save leaves them. Looked at only
 * for who has waited for somebody with the same address: others ask once, and wait then.
 */
export async function withoutStale(
  golden: Pick<GoldenStore, 'load'>,
  claiming: Claiming,
  { stored, brought }: Known,
): Promise<Claiming> {
  const addresses = [...stored.values()].flatMap((record) =>
    isWaiting(record) ? (emailClaim(record) ?? []) : [],
  );
  const doubtful = addresses.flatMap((address) => claiming.get(address) ?? []);
  if (doubtful.length === 0) return claiming;
  const wanted = [...new Set(doubtful.map(({ goldenId }) => goldenId))].filter((id) => !stored.has(id));
  const others = await golden.load(wanted);
  const news = new Set(brought.map(nameOf));
  const isMade = (made: EmailClaim): boolean => {
    const { claim, rowKey, goldenId } = made;
    if (news.has(nameOf(made))) return true;
    const record = stored.get(goldenId) ?? others.get(goldenId);
    // What an alias claimed last stays, until the record that it joined takes it over.
    return !record || claimsOf({ ...record, aliasOf: null }).has(`${claim} ${rowKey}`);
  };
  const made = addresses.map((address) => [address, (claiming.get(address) ?? []).filter(isMade)] as const);

  return new Map([...claiming, ...made]);
}

const nameOf = ({ claim, rowKey, goldenId }: EmailClaim): string => `${claim} ${rowKey} ${goldenId}`;

const isWaiting = ({ waiting }: GoldenRecord): boolean =>
  waiting?.cause === 'join' || waiting?.cause === 'review';
