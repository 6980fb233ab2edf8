import type { ClaimStore, Clock, ConsentStore, GoldenStore, GuardedSave, LinkStore } from '@lockstep/ports';
import {
  claimsOf,
  rowKey,
  type Decision,
  type DynamicsEntry,
  type EmailClaim,
} from '@lockstep/reconciliation';
import { saveConsents, type Consents } from './consentFlow.ts';
import { keepHistory, type History } from './keepHistory.ts';
import type { Outcome } from './reconcileOutput.ts';

type Stores = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly consents: ConsentStore;
  readonly history?: History;
  readonly clock: Pick<Clock, 'now'>;
};

/**
 * Saves a batch: claims, links and wishes first, then the records, each guarded by the revision it was read at. Answers the
 * golden ids whose record somebody else saved in between.
 */
export async function saveOutcomes(
  options: Stores,
  outcomes: ReadonlyMap<string, Outcome>,
  known: { readonly read: Consents; readonly also: Set<string> },
): Promise<ReadonlySet<string>> {
  const decisions = [...outcomes.values()].flatMap((outcome) => outcome.decisions);
  await options.claims.add(decisions.flatMap((decision) => decision.claimsAdded));
  await linkCreated(options.links, outcomes);
  for (const { relinks, record } of decisions) {
    if (relinks) await options.links.relink(relinks.rowKeys, record.goldenId, relinks.to);
  }
  if (options.history) await keepHistory(options.history, outcomes.values(), options.clock.now());
  const overtaken = await saveConsents(options.consents, outcomes, known);
  const saves = savesOf(outcomes).filter(({ record }) => !overtaken.has(record.goldenId));
  const refused = new Set([...overtaken, ...(await options.golden.save(saves))]);
  const kept = [...outcomes.values()].filter(({ record }) => record && !refused.has(record.goldenId));
  await options.claims.remove(kept.flatMap(claimsGivenUp));
  return refused;
}

/** What has changed, each guarded by what it was decided from. */
function savesOf(outcomes: ReadonlyMap<string, Outcome>): readonly GuardedSave[] {
  const saves: GuardedSave[] = [];
  for (const { stored, record } of outcomes.values())
    if (record && record !== stored) saves.push({ record, expected: stored?.revision ?? null });

  return saves;
}

/** A row that is to be created is linked before that is decided for good, so that whoever reads it first knows whose it is. */
async function linkCreated(links: LinkStore, outcomes: ReadonlyMap<string, Outcome>): Promise<void> {
  const planned = new Map<string, string>();
  for (const [goldenId, { decisions }] of outcomes)
    for (const { table, rowId } of decisions.flatMap(creationsOf))
      planned.set(rowKey({ system: 'dynamics', table, id: rowId }), goldenId);
  if (planned.size > 0) await links.link(planned);
}

const creationsOf = ({ dynamicsWrites }: Decision): readonly DynamicsEntry[] =>
  dynamicsWrites.filter((entry) => entry.kind === 'dynamics-write' && entry.ifMatch === null);

/** Claims that a record made in between and no longer makes, or that an old event made for it. */
function claimsGivenUp({ record, decisions, brought }: Outcome): EmailClaim[] {
  const doubtful = [...decisions.flatMap((decision) => decision.claimsRemoved), ...brought];
  if (doubtful.length === 0) return [];
  // What an alias claimed last stays, until the record that it joined takes it over.
  const held = record ? claimsOf({ ...record, aliasOf: null }) : new Map<string, EmailClaim>();
  return doubtful.filter((claim) => !held.has(`${claim.claim} ${claim.rowKey}`));
}
