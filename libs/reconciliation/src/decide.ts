import { rowKey, type GoldenRecord } from './goldenRecord.ts';
import { isoTime, type GoldenEvent, type InboxMessage, type ScalarValues } from '@lockstep/change-events';
import { deepEqual } from 'fast-equals';
import { absorbDynamics, absorbWritten } from './absorbDynamics.ts';
import { absorbEntityOutcome } from './absorbEntityOutcome.ts';
import { absorbMarketo } from './absorbMarketo.ts';
import { absorbOutcome } from './absorbOutcome.ts';
import { absorbRequest, requestTimes } from './openRequests.ts';
import { agree } from './agree.ts';
import { followConsent, spreadId } from './consent.ts';
import { newGoldenRecord, openDraft, type Decision, type DecisionContext, type Draft } from './decision.ts';
import { entityIn } from './entityTypes.ts';
import { claimChanges } from './match.ts';
import { obeyWish } from './operatorWish.ts';
import { setField } from './observe.ts';
import { planDynamics } from './planDynamics.ts';
import { lookAgainAtEntity, planEntity } from './planEntity.ts';
import { planMarketo, requestJoin } from './planMarketo.ts';
import { planRequests } from './planRequests.ts';
import { scheduleRelations } from './relations.ts';
import { troublesOf } from './troubles.ts';
import { join, lookAgain } from './wakeUp.ts';
import { planUnlessWithheld } from './withhold.ts';

const conflictsKeptMax = 20;

/**
 * What one message means for one person, or one record beside persons: the new record, what changed, the conflicts and who won them, what to write, or
 * why nothing happens. Pure: everything it needs was read before (design section 5).
 */
export function decide(
  record: GoldenRecord | null,
  message: InboxMessage,
  context: DecisionContext,
): Decision {
  const before = record ?? newGoldenRecord(message.goldenId, entityIn(message));
  const draft = openDraft(before, context, causeOf(before, message));
  draft.record.revision.number += 1;
  if (before.aliasOf && !isJoin(message)) {
    draft.nothing = 'forwarded';
    draft.forwards.push({ ...message, goldenId: before.aliasOf });
    return close(draft);
  }
  absorb(draft, message);
  followConsent(draft);
  if (draft.changed.size > 0 && draft.record.waiting?.cause === 'refused') draft.record.waiting = null;
  holdConstants(draft);
  agree(draft);
  plan(draft);
  return close(draft);
}

const isJoin = (message: InboxMessage): boolean => message.kind === 'wake-up' && message.reason === 'join';

function causeOf(record: GoldenRecord, message: InboxMessage): Draft['cause'] {
  switch (message.kind) {
    case 'event':
      return { eventId: message.event.eventId, system: message.system, lane: message.event.lane };
    case 'outcome':
      return { eventId: message.outcome.commandId, system: 'marketo', lane: message.outcome.lane };
    case 'refusal':
      return { eventId: message.written.entryId, system: 'dynamics', lane: 'LIVE' };
    case 'request':
      return { eventId: `request/${message.request.requestId}`, system: 'marketo', lane: 'LIVE' };
    case 'wake-up':
      return { eventId: `wake-up/${record.goldenId}`, system: null, lane: record.lane };
  }
}

/** Records beside persons flow one way. */
function plan(draft: Draft): void {
  const { entity } = draft.record;
  if (entity) {
    planUnlessWithheld(draft, 'marketo', (planned) => planEntity(planned, entity));
  } else {
    planUnlessWithheld(draft, 'dynamics', (planned) => {
      planRequests(planned);
      planDynamics(planned);
    });
    planUnlessWithheld(draft, 'marketo', planMarketo);
  }
  scheduleRelations(draft);
}

/** Fields that have one value for everybody. */
function holdConstants(draft: Draft): void {
  for (const { field, constant } of draft.context.mapping) {
    if (constant === undefined || draft.record.fields[field]?.value === constant) continue;
    setField(draft, field, { value: constant, source: 'dynamics', changedAt: null, rule: 'constant' });
  }
}

function absorb(draft: Draft, message: InboxMessage): void {
  switch (message.kind) {
    case 'event':
      draft.record.lane = message.event.lane;
      // The relations of a row that is gone wait for nobody.
      if (message.event.operation === 'DELETE') delete draft.record.held;
      if (message.written) absorbWritten(draft, message.written, message.event);
      if (message.system === 'dynamics') return absorbDynamics(draft, message.table, message.event);
      return absorbMarketo(draft, message.event);
    case 'refusal':
      return absorbWritten(draft, message.written, null);
    case 'outcome':
      return absorbOutcomeOf(draft, message);
    case 'request':
      return absorbRequest(draft, message.request);
    case 'wake-up':
      return absorbWakeUp(draft, message);
  }
}

const lookAgainAtAny = (draft: Draft): void =>
  draft.record.entity ? lookAgainAtEntity(draft) : lookAgain(draft);

function absorbWakeUp(draft: Draft, message: Extract<InboxMessage, { kind: 'wake-up' }>): void {
  const { reason, target, until } = message;
  switch (reason) {
    case 'due':
      return lookAgainAtAny(draft);
    case 'join':
      return target && !draft.record.entity ? join(draft, target, until) : lookAgainAtAny(draft);
    default:
      return obeyWish(draft, reason, target);
  }
}

/** A person that already belongs to another record is not taken: that record is asked to join. */
function absorbOutcomeOf(draft: Draft, message: Extract<InboxMessage, { kind: 'outcome' }>): void {
  const { outcome } = message;
  if (draft.record.entity) return absorbEntityOutcome(draft, draft.record.entity, outcome);
  const key = rowKey({ system: 'marketo', table: 'person', id: outcome.personId ?? '' });
  const owner = draft.context.owners.get(key);
  if (owner === undefined || owner === draft.record.goldenId) return absorbOutcome(draft, outcome);
  absorbOutcome(draft, { ...outcome, result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' });
  requestJoin(draft, owner);
}

function close(draft: Draft): Decision {
  const { record, before } = draft;
  const kept = record.outbox.filter((entry) => isOpen(draft, entry));
  record.outbox = kept;
  record.conflicts = [...record.conflicts, ...draft.conflicts].slice(-conflictsKeptMax);
  const goldenEvent = isVisible(draft) ? goldenEventOf(draft) : null;
  if (goldenEvent) {
    const entry = { kind: 'golden-event', entryId: goldenEvent.eventId, event: goldenEvent } as const;
    record.outbox = [...kept, entry];
  }
  record.dueAtMs = dueTimeOf(record);
  markTroubled(draft);
  const dirty = isDirty(draft);
  if (dirty) complete(draft);
  const claims = dirty ? claimChanges(before, record) : { added: [], removed: [] };
  return {
    record: dirty ? record : before,
    dirty,
    nothing: draft.nothing,
    goldenEvent,
    conflicts: draft.conflicts,
    commands: draft.commands,
    // An open one is tried again when writes flow again.
    dynamicsWrites: draft.context.withheld?.has('dynamics') ? [] : draft.dynamicsWrites,
    forwards: draft.forwards,
    claimsAdded: claims.added,
    claimsRemoved: claims.removed,
    relinks: draft.relinks,
    consent: draft.consent,
  };
}

function complete(draft: Draft): void {
  sign(draft);
  forgetSpread(draft);
}

/** What is known to be told need not be told again. */
function forgetSpread({ record, context }: Draft): void {
  const { consent } = record;
  if (consent && context.published.has(spreadId(record) ?? ''))
    record.consent = { claim: consent.claim, revision: consent.revision };
}

function markTroubled({ record, context }: Draft): void {
  if (troublesOf(record).length === 0) delete record.troubledSince;
  else record.troubledSince ??= isoTime(context.nowMs);
}

/** A golden event or a state of a request stays until it is known to be published. */
const isOpen = ({ context }: Draft, entry: GoldenRecord['outbox'][number]): boolean =>
  entry.kind === 'golden-event' || entry.kind === 'request-state'
    ? !context.published.has(entry.entryId)
    : entry.kind === 'dynamics-write' || !entry.lapsed;

/** Whatever changes a record says by which rules. */
function sign({ record, context }: Draft): void {
  if (context.policy.rules !== undefined) record.rules = context.policy.rules;
}

/** That something is out is no reason to save: the next save drops it. */
function isDirty(draft: Draft): boolean {
  const { record, before } = draft;
  const outbox = before.outbox.filter((entry) => isOpen(draft, entry));
  return !deepEqual({ ...record, revision: before.revision }, { ...before, outbox });
}

function dueTimeOf({ outbox, waiting, held, requests = [] }: Draft['record']): number | null {
  const dueTimes = [
    ...outbox.flatMap((entry) => ('dueAtMs' in entry ? [entry.dueAtMs] : [])),
    ...requestTimes(requests),
  ];
  if (waiting && waiting.cause !== 'first-reads') dueTimes.push(waiting.dueAtMs);
  if (held) dueTimes.push(held.dueAtMs);
  return dueTimes.length > 0 ? Math.min(...dueTimes) : null;
}

/** Others see values, conflicts and rows; what is on its way is nobody else's business. */
function isVisible(draft: Draft): boolean {
  const { record, before, changed, conflicts } = draft;
  if (changed.size > 0 || conflicts.length > 0 || record.aliasOf !== before.aliasOf) return true;
  return JSON.stringify(rowsOf(record)) !== JSON.stringify(rowsOf(before));
}

const rowsOf = (record: GoldenRecord): GoldenEvent['rows'] =>
  record.rows.map(({ system, table, id, active, deletedAt }) => ({
    system,
    table,
    id,
    active,
    deleted: deletedAt !== null,
  }));

function goldenEventOf(draft: Draft): GoldenEvent {
  const { record, changed, conflicts, cause, context } = draft;
  const values: ScalarValues = Object.fromEntries(
    Object.entries(record.fields).map(([name, field]) => [name, field.value]),
  );
  return {
    eventId: `${record.goldenId}/${record.revision.epoch}.${record.revision.number}`,
    goldenId: record.goldenId,
    revision: { ...record.revision },
    kind: record.entity ? null : record.kind,
    mergedInto: record.aliasOf,
    rows: rowsOf(record),
    fields: values,
    changed: [...changed.values()],
    conflicts: [...conflicts],
    causeEventId: cause.eventId,
    causeSystem: cause.system,
    lane: cause.lane,
    decidedAt: new Date(context.nowMs).toISOString(),
    rules: context.policy.rules ?? null,
  };
}
