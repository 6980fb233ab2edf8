import { absorbDynamics } from './absorbDynamics.ts';
import { absorbEntityOutcome } from './absorbEntityOutcome.ts';
import { absorbMarketo } from './absorbMarketo.ts';
import { absorbOutcome } from './absorbOutcome.ts';
import { absorbWritten } from './absorbWritten.ts';
import { agree } from './agree.ts';
import { setField } from './applyChange.ts';
import { askByRule, awaitFirstReads } from './askByRule.ts';
import { attachAccount, awaitAccounts, markSeekersTold } from './attach.ts';
import { closeDecision } from './closeDecision.ts';
import { absorbCompanyEdit, tellAccount } from './companyEdits.ts';
import { type Decision, type DecisionContext, type Draft, newGoldenRecord } from './decision.ts';
import { entityIn } from './entityTypes.ts';
import { followConsent } from './followConsent.ts';
import { scheduleFollowing } from './followMerge.ts';
import { followAgain, markTold, tellFollowers } from './followers.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { markKeptOut, markNamed } from './keptOut.ts';
import { rowKey } from './linkedRow.ts';
import { planOf } from './mappingPlan.ts';
import { findEntry } from './openCommand.ts';
import { openDraft } from './openDraft.ts';
import { absorbRequest, noteEnded } from './openRequests.ts';
import { obeyWish } from './operatorWish.ts';
import { partedTo } from './parted.ts';
import { forgetFormerPlaces } from './places.ts';
import { planDynamics } from './planDynamics.ts';
import { lookAgainAtEntity, planEntity } from './planEntity.ts';
import { planMarketo } from './planMarketo.ts';
import { hasOpenCommand, requestJoin } from './planPersonCreation.ts';
import { planRequests } from './planRequests.ts';
import { scheduleRelations } from './relations.ts';
import { undoEventId } from './undo.ts';
import { join, lookAgain, newPersonIn } from './wakeUp.ts';
import { planUnlessWithheld } from './withhold.ts';
import type {
  ChangeEvent,
  DeliveryOutcome,
  InboxMessage,
  KnownWish,
  Sequence,
  System,
} from '@lockstep/change-events';

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
  const draft = openDraft(before, context, {
    cause: causeOf(before, message),
    speaker: speakerOf(message),
  });
  draft.record.revision = revisionAfter(before.revision, context.revisionEpoch);
  const heir = heirOf(before, message);
  if (heir !== null) handLinkOver(draft, message, heir);
  const carrier = heir ?? ownerElsewhere(before, message, context.owners);
  if (carrier !== null) {
    draft.nothing = 'forwarded';
    draft.forwards.push({ ...message, goldenId: carrier });
    return closeDecision(draft);
  }
  forgetFormerPlaces(draft);
  absorb(draft, message);
  followConsent(draft);
  if (draft.changed.size > 0 && draft.record.waiting?.cause === 'refused') draft.record.waiting = null;
  holdConstants(draft);
  attachAccount(draft);
  agree(draft);
  plan(draft);
  tellFollowers(draft);
  return closeDecision(draft);
}

/** The next one; the first of an epoch where that was raised, since revisions of a database that was put back may be published already. */
const revisionAfter = ({ epoch, number }: Sequence, least = epoch): Sequence =>
  epoch < least ? { epoch: least, number: 1 } : { epoch, number: number + 1 };

/** Which other record has what this one had; null for what this one has, or is the first to have. */
const heirOf = (before: GoldenRecord, message: InboxMessage): string | null =>
  partedTo(before, message) ?? (isJoin(message) ? null : before.aliasOf);

/** The heir gets persons, and contacts of its leads, with their links: these would send them back. */
function handLinkOver(draft: Draft, message: InboxMessage, heir: string): void {
  if (message.kind !== 'event') return;
  const { system, table, event } = message;
  const isPerson = system === 'marketo';
  if (!isPerson && table !== 'contact') return;
  const key = rowKey({ system, table: isPerson ? 'person' : table, id: event.recordId });
  draft.relinks = { rowKeys: [key], to: heir };
}

/** Whose a person is that comes to a record for the first time, where the link says that it is another one's, as after a database was put back. */
function ownerElsewhere(
  before: GoldenRecord,
  message: InboxMessage,
  owners: DecisionContext['owners'],
): string | null {
  const person = newPersonIn(message, before);
  const owner = person && owners.get(person.key);

  return owner && owner !== message.goldenId ? owner : null;
}

const isJoin = (message: InboxMessage): boolean => message.kind === 'wake-up' && message.reason === 'join';

/** Requests and wake-ups may take up rows of either side. */
function speakerOf(message: InboxMessage): System | null {
  switch (message.kind) {
    case 'event':
      return message.system;
    case 'outcome':
      return 'marketo';
    case 'refusal':
      return 'dynamics';
    case 'request':
    case 'wake-up':
      return null;
  }
}

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
      return causeOfWakeUp(record, message);
  }
}

function causeOfWakeUp(
  { goldenId, lane }: GoldenRecord,
  { reason, conflict }: Extract<InboxMessage, { kind: 'wake-up' }>,
): Draft['cause'] {
  return reason === 'undo' && conflict
    ? { eventId: undoEventId(goldenId, conflict), system: null, lane: 'LIVE' }
    : { eventId: `wake-up/${goldenId}`, system: null, lane };
}

/** Records beside persons flow one way. */
function plan(draft: Draft): void {
  markKeptOut(draft);
  const { entity } = draft.record;
  if (entity) {
    planUnlessWithheld(draft, 'dynamics', planDynamics);
    planUnlessWithheld(draft, 'marketo', planEntity);
  } else {
    planUnlessWithheld(draft, 'dynamics', (planned) => {
      askByRule(planned);
      planRequests(planned);
      planDynamics(planned);
    });
    planUnlessWithheld(draft, 'marketo', planMarketo);
    awaitFirstReads(draft);
    awaitAccounts(draft);
  }
  scheduleRelations(draft);
  scheduleFollowing(draft);
}

/** Fields that have one value for everybody. */
function holdConstants(draft: Draft): void {
  for (const { field, constant } of planOf(draft.context.mapping).constants) {
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
      if (message.requestsEnded) noteEnded(draft, message.requestsEnded);
      if (message.written) absorbWritten(draft, message.written, message.event);
      if (message.system === 'dynamics') return absorbDynamics(draft, message.table, message.event);
      return absorbMarketoOf(draft, message.event, message.wish);
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

/** Of records beside persons, only companies have something to tell. */
function absorbMarketoOf(draft: Draft, event: ChangeEvent, wish?: KnownWish | null): void {
  if (draft.record.entity) return absorbCompanyEdit(draft, event);
  absorbMarketo(draft, event, wish);
  tellAccount(draft, event);
}

const lookAgainAtAny = (draft: Draft, sentAt?: string | null): void =>
  draft.record.entity ? lookAgainAtEntity(draft) : lookAgain(draft, sentAt);

function absorbWakeUp(draft: Draft, message: Extract<InboxMessage, { kind: 'wake-up' }>): void {
  const { reason, target, until, sentAt } = message;
  switch (reason) {
    case 'due':
      return lookAgainAtAny(draft, sentAt);
    case 'join':
      return target && !draft.record.entity ? join(draft, target, until) : lookAgainAtAny(draft);
    case 'parent':
      return followAgain(draft);
    case 'followers':
      return markTold(draft);
    case 'named':
      return markNamed(draft);
    case 'seekers':
      return markSeekersTold(draft, target);
    default:
      return obeyWish(draft, reason, message);
  }
}

/** A person that already belongs to another record is not taken: that record is asked to join, unless one is being made. */
function absorbOutcomeOf(draft: Draft, message: Extract<InboxMessage, { kind: 'outcome' }>): void {
  const { outcome } = message;
  if (draft.record.entity) return absorbEntityOutcome(draft, outcome);
  // Its record is not known yet, as when the database was lost: that is told all again.
  if (outcome.entity) return void (draft.nothing = 'no-entry');
  const key = rowKey({ system: 'marketo', table: 'person', id: String(outcome.personId) });
  const owner = draft.context.owners.get(key);
  const isOwn = owner === undefined || owner === draft.record.goldenId;
  if (isOwn || isOfMerge(draft, outcome)) return absorbOutcome(draft, outcome);
  absorbOutcome(draft, { ...outcome, result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' });
  if (!hasOpenCommand(draft)) requestJoin(draft, owner);
}

/** It names the person of whoever carries on. */
const isOfMerge = (draft: Draft, outcome: DeliveryOutcome): boolean =>
  outcome.result === 'MERGED' || findEntry(draft, outcome)?.command.operation === 'MERGE';
