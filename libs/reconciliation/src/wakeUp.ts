import { isoTime, type ChangeEvent, type FieldValue, type InboxMessage } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRecord, type DraftRow } from './decision.ts';
import { entityIn } from './entityTypes.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { type LinkedRow, rowKey } from './linkedRow.ts';
import { isFreePerson } from './match.ts';
import { handOverRequests } from './openRequests.ts';
import { isPartedFrom } from './parted.ts';
import { retryRelations } from './relations.ts';
import { sendCommand } from './sendCommand.ts';
import { partedMessage } from './unlink.ts';

const retryBackoffMaxMs = 600_000;

/**
 * Looks again at everything whose time has come: lost outcomes are settled by a read, parked work is tried again. `sentAt`: when the sweep
 * said so.
 */
export function lookAgain(draft: Draft, sentAt?: string | null): void {
  const { nowMs } = draft.context;
  for (const entry of draft.record.outbox) {
    if (!('dueAtMs' in entry) || entry.dueAtMs > nowMs) continue;
    if (entry.kind === 'marketo-write') retryMarketo(draft, entry);
    else retryDynamics(draft, entry);
  }
  endWaiting(draft, sentAt);
  retryRelations(draft);
}

/** What waited for a time is planned anew; a person that was missing is read. */
function endWaiting(draft: Draft, sentAt?: string | null): void {
  const { waiting } = draft.record;
  if (!waiting || waiting.cause === 'first-reads' || waiting.dueAtMs > draft.context.nowMs) return;
  if (waiting.cause === 'join' && !isBehindAnswer(waiting.dueAtMs, sentAt)) return;
  draft.record.waiting = null;
  if (waiting.cause === 'marketo-missing') sendCommand(draft, 'READ', {});
}

/** However late the inbox is read: what was sent when the wait was over lies behind the person, if that came. */
const isBehindAnswer = (dueAtMs: number, sentAt?: string | null): boolean =>
  typeof sentAt === 'string' && Date.parse(sentAt) >= dueAtMs;

type Entry<Kind> = Extract<DraftRecord['outbox'][number], { kind: Kind }>;

/** What is written to Dynamics is tried again, less and less often. */
export function retryDynamics(draft: Draft, entry: Entry<'dynamics-write' | 'dynamics-request'>): void {
  entry.attempts += 1;
  entry.dueAtMs =
    draft.context.nowMs +
    Math.min(draft.context.policy.dynamicsOutcomeMs * 2 ** entry.attempts, retryBackoffMaxMs);
  draft.dynamicsWrites.push({ ...entry });
}

/**
 * What may have happened is read, and a creation always: the person may be made, and deleted by now. What else nobody answered
 * is planned anew with a higher revision.
 */
function retryMarketo(draft: Draft, entry: Entry<'marketo-write'>): void {
  if (entry.unknown || entry.command.operation === 'CREATE') return sendCommand(draft, 'READ', {});
  entry.lapsed = true;
  const person = activeRow(draft.record, 'marketo');
  if (person) person.inFlight = {};
}

/**
 * Another record matched this person: this one becomes its alias and hands the person over. Asked again (after a crash)
 * it hands the person over again; the state carries its number, so a repeat changes nothing.
 */
export function join(draft: Draft, target: string, until?: string | null): void {
  const { record } = draft;
  const person = activeRow(record, 'marketo');
  if (record.aliasOf !== target && (isTooLate(draft, until) || !isFree(draft, target))) {
    // Who asks knows the persons that it was parted from, and none that came to their record later.
    if (person && isPartedFrom(record, target)) draft.forwards.push(partedMessage(target, rowKey(person)));
    draft.nothing = 'stale';
    return;
  }
  if (!person) return;
  record.aliasOf = target;
  record.outbox = record.outbox.filter((entry) => !('dueAtMs' in entry));
  record.waiting = null;
  draft.relinks = { rowKeys: [rowKey(person)], to: target };
  // First of all: who carries out a request knows the person then.
  draft.forwards.push(stateMessage(draft, person, target));
  handOverRequests(draft, target);
}

/** Who asked may have made a person of its own by now. */
function isTooLate({ context }: Draft, until?: string | null): boolean {
  return typeof until === 'string' && Date.parse(until) <= context.nowMs;
}

const isFree = ({ record, before }: Draft, target: string): boolean =>
  record.aliasOf === null && isFreePerson(before) && !isPartedFrom(record, target);

/** A person goes to another record as it was last seen: nothing is read again. */
export function stateMessage(draft: Draft, person: DraftRow, goldenId: string): InboxMessage {
  const event = stateOf(draft, person);
  const { consent, requestsEnded } = draft.record;
  const wish = consent && { claim: consent.claim, revision: consent.revision };

  return {
    kind: 'event',
    goldenId,
    system: 'marketo',
    table: 'lead',
    event,
    written: null,
    ...(wish && { wish }),
    ...(requestsEnded && { requestsEnded }),
  };
}

const handOver = 'join/';

/**
 * The person that a message is about and that the record does not have yet, and whose it is where no link says so: who hands it over
 * had it. Null for any other message.
 */
export function newPersonIn(
  message: InboxMessage,
  record: Pick<GoldenRecord, 'rows'> | null,
): { readonly key: string; readonly owner: string } | null {
  if (message.kind !== 'event' || message.system !== 'marketo') return null;
  const { eventId, recordId } = message.event;
  const isKnown = record?.rows.some((row) => isPerson(row, recordId)) ?? false;
  // A record that a company belongs to is told by a hash: only what is met for the first time takes one.
  if (isKnown || entityIn(message)) return null;

  return {
    key: rowKey({ system: 'marketo', table: 'person', id: recordId }),
    owner: eventId.startsWith(handOver) ? eventId.slice(handOver.length) : message.goldenId,
  };
}

const isPerson = ({ system, table, id }: LinkedRow, personId: string): boolean =>
  id === personId && system === 'marketo' && table === 'person';

function stateOf(draft: Draft, person: DraftRow): ChangeEvent {
  const fields: Record<string, FieldValue> = {};
  for (const mapping of draft.context.mapping) {
    const seen = person.seen[mapping.field];
    if (seen) fields[mapping.marketo] = seen.value;
  }
  return {
    eventId: `${handOver}${draft.record.goldenId}`,
    operation: 'SNAPSHOT',
    recordId: person.id,
    version: null,
    page: person.page,
    changedAt: null,
    observedAt: isoTime(draft.context.nowMs),
    changedBy: null,
    lane: draft.cause.lane,
    fields,
    mergedInto: null,
    evidence: null,
  };
}
