import type { GoldenStore } from '@lockstep/ports';
import { hasPerson, isPersonForetold, type EmailClaim, type GoldenRecord } from '@lockstep/reconciliation';
import type { Outcome } from './reconcileOutput.ts';

type Records = ReadonlyMap<string, GoldenRecord>;

/**
 * The records that claim an address of the batch, for what is foretold of them. Only while nothing is written to Marketo, of an
 * address whose record still has a person foretold, and where marketers ask for something: else claims alone decide.
 */
export async function readRivals(
  golden: Pick<GoldenStore, 'load'>,
  claiming: ReadonlyMap<string, readonly EmailClaim[]>,
  { stored, isObserved, isAsked }: { stored: Records; isObserved: boolean; isAsked: boolean },
): Promise<Records> {
  const isOpen = (record: GoldenRecord) => isPersonForetold(record) || record.requests !== undefined;
  if (!isObserved && !isAsked && ![...stored.values()].some(isOpen)) return new Map();
  const contested = [...claiming.values()].filter((claims) => idsOf(claims).size > 1);
  const wanted = new Set(contested.flatMap((claims) => [...idsOf(claims)]).filter((id) => !stored.has(id)));
  const others: Records = wanted.size === 0 ? new Map() : await golden.load([...wanted]);

  return new Map([...stored, ...others]);
}

const idsOf = (claims: readonly EmailClaim[]): Set<string> => new Set(claims.map(({ goldenId }) => goldenId));

type Claimants = { readonly foretold: ReadonlySet<string>; readonly linked: ReadonlySet<string> };

const nobody: Claimants = { foretold: new Set(), linked: new Set() };

/** Of those who claim, whose person is foretold, and who has one; what this batch decided goes before what was read. */
export function claimants(
  claims: readonly EmailClaim[],
  rivals: Records,
  decided: ReadonlyMap<string, Outcome>,
): Claimants {
  if (rivals.size === 0 || claims.length === 0) return nobody;
  const ids = [...idsOf(claims)];
  const records = ids.flatMap((id) => decided.get(id)?.record ?? rivals.get(id) ?? []);
  const idsWhere = (holds: (record: GoldenRecord) => boolean) =>
    new Set(records.filter(holds).map(({ goldenId }) => goldenId));

  return { foretold: idsWhere(isPersonForetold), linked: idsWhere(hasPerson) };
}
