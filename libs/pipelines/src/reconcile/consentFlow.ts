import type { InboxMessage } from '@lockstep/change-events';
import type { ClaimStore, ConsentStore } from '@lockstep/ports';
import {
  emailClaim,
  hasConsent,
  spreadId,
  type Consent,
  type ConsentChange,
  type Decision,
  type EmailClaim,
  type GoldenRecord,
  type MappingRow,
} from '@lockstep/reconciliation';
import { addressOf } from './decisionInputs.ts';
import type { Outcome } from './reconcileOutput.ts';

export type Consents = ReadonlyMap<string, Consent>;

/**
 * The wishes for the addresses of these records and of those that these messages bring; `also` names further addresses.
 * Without a field that goes with the address nobody asks.
 */
export async function readConsents(
  { consents, mapping }: { readonly consents: ConsentStore; readonly mapping: readonly MappingRow[] },
  messages: readonly InboxMessage[],
  { stored, also }: { stored: ReadonlyMap<string, GoldenRecord>; also: ReadonlySet<string> },
): Promise<Consents> {
  if (!hasConsent(mapping)) return new Map();
  const wanted = new Set(also);
  for (const record of stored.values()) addKnown(wanted, emailClaim(record));
  for (const message of messages) addKnown(wanted, addressOf(message, stored));
  return consents.read([...wanted]);
}

/** What was read, and over it what this record's own decisions of the batch change. */
export function consentsFor(read: Consents, decisions: readonly Decision[]): Consents {
  const own = changesOf(decisions);
  if (own.length === 0) return read;
  return new Map([...read, ...own.map(({ consent }) => [consent.claim, consent] as const)]);
}

function addKnown(addresses: Set<string>, address: string | null): void {
  if (address !== null) addresses.add(address);
}

const noChanges: readonly ConsentChange[] = [];

/** One change per address: the last value, guarded by the revision that the first was decided from. */
function changesOf(decisions: readonly Decision[]): readonly ConsentChange[] {
  if (decisions.every(({ consent }) => consent === null)) return noChanges;
  const changes = new Map<string, ConsentChange>();
  for (const { consent: change } of decisions) {
    if (!change) continue;
    const { claim } = change.consent;
    changes.set(claim, { ...change, expected: changes.get(claim)?.expected ?? change.expected });
  }
  return [...changes.values()];
}

/**
 * Stores the wishes of a batch after its claims and before its records: an opt-out is never lost, and of a record that
 * comes to an address and one that opts out for it at least one sees the other. Returns the golden ids to decide again, and
 * adds to `also` the addresses to read for that.
 */
export async function saveConsents(
  consents: ConsentStore,
  outcomes: ReadonlyMap<string, Outcome>,
  { read, also }: { read: Consents; also: Set<string> },
): Promise<ReadonlySet<string>> {
  const { changes, writers, doubled } = firstChanges(outcomes);
  const overtaken = new Set(doubled);
  for (const claim of changes.length > 0 ? await consents.save(changes) : []) {
    also.add(claim);
    overtaken.add(writers.get(claim) ?? '');
  }
  for (const goldenId of await findLate(consents, outcomes, { read, writers, also })) overtaken.add(goldenId);
  return overtaken;
}

/** Of each address the change of one record of the batch, who that is, and the records that must be decided after it. */
function firstChanges(outcomes: ReadonlyMap<string, Outcome>) {
  const writers = new Map<string, string>();
  const changes: ConsentChange[] = [];
  const doubled: string[] = [];
  for (const [goldenId, { decisions }] of outcomes)
    for (const change of changesOf(decisions)) {
      const { claim } = change.consent;
      if (writers.has(claim)) doubled.push(goldenId);
      else changes.push(change);
      writers.set(claim, writers.get(claim) ?? goldenId);
    }
  return { changes, writers, doubled };
}

const claimsAddedIn = (decisions: readonly Decision[]): readonly EmailClaim[] =>
  decisions.flatMap(({ claimsAdded }) => claimsAdded);

/** Records that came to an address while its wish changed. */
async function findLate(
  consents: ConsentStore,
  outcomes: ReadonlyMap<string, Outcome>,
  known: { read: Consents; writers: ReadonlyMap<string, string>; also: Set<string> },
): Promise<readonly string[]> {
  const { read, writers, also } = known;
  const unsure: { goldenId: string; claim: string }[] = [];
  for (const [goldenId, { decisions }] of outcomes)
    for (const { claim } of claimsAddedIn(decisions))
      if (writers.get(claim) !== goldenId) unsure.push({ goldenId, claim });
  if (unsure.length === 0) return [];
  const now = await consents.read([...new Set(unsure.map(({ claim }) => claim))]);
  const late = unsure.filter(({ claim }) => now.get(claim)?.revision !== read.get(claim)?.revision);
  for (const { claim } of late) also.add(claim);
  return late.map(({ goldenId }) => goldenId);
}

const noSpreads: ReadonlyMap<string, string> = new Map();

/** The wishes of an outcome that are not known to be told, by id and address; one of an earlier save is among them. */
export function openSpreads(
  { stored, decisions }: Outcome,
  published: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const records = [stored, ...decisions.map(({ record }) => record)];
  const followed = records.flatMap((record) => record?.consent ?? []);
  if (followed.length === 0) return noSpreads;
  const open = new Map<string, string>();
  for (const consent of followed) {
    const id = spreadId({ consent });
    if (id !== null && !published.has(id)) open.set(id, consent.claim);
  }
  return open;
}

/** Wakes whoever else claims an address whose wish changed; read after the save, so that nobody who came meanwhile is missed. */
export async function tellOthers(
  claims: Pick<ClaimStore, 'read'>,
  outcomes: ReadonlyMap<string, Outcome>,
  published: ReadonlySet<string>,
): Promise<readonly InboxMessage[]> {
  const spreads: { goldenId: string; claim: string }[] = [];
  for (const [goldenId, outcome] of outcomes)
    for (const claim of openSpreads(outcome, published).values()) spreads.push({ goldenId, claim });
  if (spreads.length === 0) return [];
  const claiming = await claims.read([...new Set(spreads.map(({ claim }) => claim))]);
  const told = spreads.flatMap(({ goldenId, claim }) =>
    (claiming.get(claim) ?? []).map((other) => other.goldenId).filter((other) => other !== goldenId),
  );
  return [...new Set(told)].map((goldenId) => ({ kind: 'wake-up', goldenId, reason: 'due', target: null }));
}
