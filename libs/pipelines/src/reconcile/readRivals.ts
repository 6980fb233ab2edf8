import type { GoldenStore } from '@lockstep/ports';
import { isPersonForetold, type EmailClaim, type GoldenRecord } from '@lockstep/reconciliation';
import type { Outcome } from './reconcileOutput.ts';

type Records = ReadonlyMap<string, GoldenRecord>;

/**
 * The records that claim an address of the batch, for what is foretold of them. Only while nothing is written to Marketo, and
 * of an address whose record still has a person foretold: else claims alone decide.
 */
export async function readRivals(
  golden: Pick<GoldenStore, 'load'>,
  claiming: ReadonlyMap<string, readonly EmailClaim[]>,
  { stored, isObserved }: { readonly stored: Records; readonly isObserved: boolean },
): Promise<Records> {
  if (!isObserved && ![...stored.values()].some(isPersonForetold)) return new Map();
  const contested = [...claiming.values()].filter((claims) => idsOf(claims).size > 1);
  const wanted = new Set(contested.flatMap((claims) => [...idsOf(claims)]).filter((id) => !stored.has(id)));
  const others: Records = wanted.size === 0 ? new Map() : await golden.load([...wanted]);

  return new Map([...stored, ...others]);
}

const idsOf = (claims: readonly EmailClaim[]): Set<string> => new Set(claims.map(({ goldenId }) => goldenId));

/** Whose person is foretold, of those who claim; what this batch decided goes before what was read. */
export function foretoldOf(
  claims: readonly EmailClaim[],
  rivals: Records,
  decided: ReadonlyMap<string, Outcome>,
): ReadonlySet<string> {
  const recordOf = (id: string) => decided.get(id)?.record ?? rivals.get(id);
  const ids = rivals.size === 0 ? [] : [...idsOf(claims)];

  return new Set(ids.filter((id) => isPersonForetold(recordOf(id) ?? { outbox: [] })));
}
