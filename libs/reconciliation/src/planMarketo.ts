import { isoTime, type Scalar, type ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { entityTypes } from './entityTypes.ts';
import { isCreation, type GoldenField, type GoldenRecord } from './goldenRecord.ts';
import { isKeptOut, keptOutField } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { consentRule, isWithheld } from './policy.ts';
import { notRepresentable, project } from './projection.ts';
import { parentOf } from './relations.ts';
import { findMatch, rivalsOf } from './match.ts';
import { isUnwanted, planRemoval } from './planRemoval.ts';
import { sendCommand } from './sendCommand.ts';

/** Plans what Marketo must be told: an update of the linked person, or the creation of one that should exist. */
export function planMarketo(draft: Draft): void {
  const crm = activeRow(draft.record, 'dynamics');
  if (!crm || draft.record.aliasOf || crm.mergedInto !== undefined) return stopWaiting(draft);
  if (staysOut(draft, crm)) stopWaiting(draft);
  if (!isBlocked(draft)) planPerson(draft, crm);
}

function planPerson(draft: Draft, crm: DraftRow): void {
  const person = activeRow(draft.record, 'marketo');
  if (person && !person.deletedAt)
    return isUnwanted(draft, crm) ? planRemoval(draft, person) : planUpdate(draft, crm, person);
  if (!staysOut(draft, crm)) planCreate(draft, crm, person);
}

/** That a row was deleted is told although it stays out. */
const staysOut = ({ context }: Draft, crm: DraftRow): boolean => !crm.deletedAt && isKeptOut(context, crm);

/**
 * Of a row that is gone, or stays out, one field is told at most; nothing where persons are to be kept as they are. What its
 * own people gave the person of a row that is gone, and our last write ran over, it gets back.
 */
function toldOf(draft: Draft, crm: DraftRow): readonly MappingRow[] {
  const { mapping } = draft.context;
  if (crm.deletedAt) return mapping.filter((row) => isToldOfDeleted(draft, row));

  return staysOut(draft, crm) ? mapping.filter(({ field }) => field === keptOutField) : mapping;
}

function isToldOfDeleted({ record, context }: Draft, { field }: MappingRow): boolean {
  if (field === 'crmIsDeleted') return context.policy.deletedInDynamics !== 'keep';

  return isEditOfMarketo(record.fields[field]);
}

/** One command at a time per record; a fresh edit overtakes one that waits in the backfill lane. */
export function isBlocked(draft: Draft): boolean {
  const { waiting, outbox } = draft.record;
  if (waiting?.cause === 'refused' || waiting?.cause === 'marketo-missing') return true;
  return outbox.some(
    (entry) =>
      entry.kind === 'marketo-write' &&
      !entry.lapsed &&
      !(
        entry.command.lane === 'BACKFILL' &&
        draft.cause.lane === 'LIVE' &&
        !entry.unknown &&
        draft.changed.size > 0
      ),
  );
}

function planUpdate(draft: Draft, crm: DraftRow, person: DraftRow): void {
  draft.record.waiting = null;
  if (person.missing) return;
  const fields: Record<string, Scalar> = {};
  for (const mapping of toldOf(draft, crm)) {
    const wanted = isUnsettled(draft, person, mapping) ? undefined : wantedValue(draft, person, mapping);
    if (wanted === undefined) continue;
    fields[mapping.marketo] = wanted;
    person.inFlight[mapping.field] = { value: wanted, revision: { ...draft.record.revision } };
  }
  if (Object.keys(fields).length > 0) sendCommand(draft, 'UPDATE', fields);
}

/**
 * An edit of Marketo that our write ran over is put back when the feed has told all that happened to it. What somebody wished
 * for the address is no edit of this person.
 */
function isUnsettled({ record }: Draft, person: DraftRow, { field }: MappingRow): boolean {
  return isEditOfMarketo(record.fields[field]) && person.seen[field]?.unconfirmed === true;
}

const isEditOfMarketo = (field: GoldenField | undefined): boolean =>
  field?.source === 'marketo' && field.rule !== consentRule;

/** The value to write; undefined when the person holds it, refused it, or its field was never seen. */
function wantedValue(draft: Draft, person: DraftRow, mapping: MappingRow): Scalar | undefined {
  const seen = person.seen[mapping.field];
  // Nobody but us may name a parent, so that what it was before does not matter.
  if (!seen && !mapping.parents) return undefined;
  const wanted = valueOf(draft, mapping);
  if (wanted === undefined || wanted === seen?.value) return undefined;
  if (isWithheld(person, mapping, wanted)) return undefined;
  delete person.parked[mapping.field];
  return wanted;
}

/** What Marketo should hold; undefined for what is not sent, cannot be held there, or names a parent that is not there. */
export function valueOf(draft: Draft, mapping: MappingRow): Scalar | undefined {
  const field = draft.record.fields[mapping.field];
  if (!field || !isSent(draft, mapping)) return undefined;
  const wanted = project('marketo', mapping, field.value);
  if (wanted === notRepresentable)
    return mapping.otherwise?.[activeRow(draft.record, 'dynamics')?.table ?? ''];
  return mapping.parents ? parentOf(draft, mapping, wanted) : wanted;
}

/**
 * A person deleted in Marketo comes back when its row was changed in Dynamics, with a new id (F-31), unless it is to stay away;
 * one that we had deleted comes back with its row.
 */
function planCreate(draft: Draft, crm: DraftRow, person: DraftRow | undefined): void {
  if (isOver(draft, crm, person)) return stopWaiting(draft);
  if (person?.mergedInto !== undefined && !draft.record.apart)
    return wait(draft, 'review', 'PERSON_MERGED', draft.context.policy.parkedRetryMs);
  if (!draft.context.firstReadsComplete) {
    draft.record.waiting = { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER };
    return;
  }
  if (!isBeingJoined(draft) && !isAnsweredBySeveral(draft)) createOrJoin(draft);
}

/** Marketo has just said that several persons match: who they are is read first, and the creation is not asked for again at once. */
const isAnsweredBySeveral = ({ record, before }: Draft): boolean =>
  record.waiting?.cause === 'review' && record.waiting.dueAtMs !== before.waiting?.dueAtMs;

function isOver(draft: Draft, crm: DraftRow, person: DraftRow | undefined): boolean {
  if (crm.deletedAt !== null) return true;
  if (!person?.deletedAt || person.removed || isUnmet(person)) return false;
  const staysAway =
    draft.context.policy.deletedInMarketo === 'stay-deleted' && person.mergedInto === undefined;
  return staysAway || !isOutgrown(draft, person);
}

/** It was deleted before the record that joined it had handed it over: the row never had it. */
const isUnmet = ({ seen }: DraftRow): boolean => Object.keys(seen).length === 0;

function createOrJoin(draft: Draft): void {
  const { policy } = draft.context;
  const match = findMatch(draft);
  switch (match.kind) {
    case 'ambiguous':
      return wait(draft, 'review', 'MARKETO_AMBIGUOUS', policy.parkedRetryMs);
    case 'join':
      return askToJoin(draft, match.goldenId);
    case 'none':
      if (isForetoldOfRival(draft)) return wait(draft, 'review', 'MARKETO_AMBIGUOUS', policy.parkedRetryMs);
      if (mustLetRivalsPass(draft)) return;
      draft.record.waiting = null;
      sendCommand(draft, 'CREATE', allFields(draft));
  }
}

/**
 * Another row of Dynamics has the address and no person yet: that one may be under way. Whoever sees it waits once, the one
 * with the higher id longer, so that only one of them makes a person and the others find it, as if they had come later.
 */
function mustLetRivalsPass(draft: Draft): boolean {
  const { before, record, context } = draft;
  const rivals = rivalsOf(draft);
  if (rivals.length === 0 || before.waiting?.cause === 'join') return false;
  // It has waited while writes were withheld, and the others know of it.
  if (isPersonForetold(before)) return false;
  const isFirst = rivals.every(({ goldenId }) => record.goldenId < goldenId);
  wait(draft, 'join', null, (isFirst ? 1 : 2) * context.policy.joinMs);
  return true;
}

/**
 * While nothing is written, one of several rows with an address has its person foretold, and the others go to review, as they
 * will. Of two that were foretold at the same time, the one with the lower id stays so.
 */
function isForetoldOfRival(draft: Draft): boolean {
  const { before, context } = draft;
  const foretold = rivalsOf(draft).filter(({ goldenId }) => context.foretold?.has(goldenId));
  if (!isPersonForetold(before)) return foretold.length > 0;

  return foretold.some(({ goldenId }) => goldenId < before.goldenId);
}

/** A person is being made of the record, or would be if writes to Marketo flowed. */
export function isPersonForetold({ forecast, outbox }: Pick<GoldenRecord, 'forecast' | 'outbox'>): boolean {
  const isForetold = forecast?.marketo?.some(({ operation }) => operation === 'CREATE') ?? false;

  return isForetold || outbox.some(isCreation);
}

/** Not while a creation is under way: that makes the person. */
function askToJoin(draft: Draft, goldenId: string): void {
  if (!hasOpenCommand(draft)) requestJoin(draft, goldenId);
}

/**
 * Asks another record for its person and waits for it. Whoever does not wait any more may make a person of its own, so the
 * question ends before the wait does.
 */
export function requestJoin(draft: Draft, goldenId: string): void {
  const { nowMs, policy } = draft.context;
  const until = isoTime(nowMs + 0.75 * policy.joinMs);
  draft.forwards.push({
    ...{ kind: 'wake-up', goldenId, reason: 'join', target: draft.record.goldenId, until },
  });
  wait(draft, 'join', null, policy.joinMs);
}

function wait(draft: Draft, cause: 'review' | 'join', code: string | null, afterMs: number): void {
  draft.record.waiting = { cause, code, dueAtMs: draft.context.nowMs + afterMs };
}

/**
 * Dynamics holds something that the person never got before it was deleted, whichever of the two was learnt first. A
 * relation that waited, or an opt-out of the address, does not bring anybody back.
 */
function isOutgrown(draft: Draft, person: DraftRow): boolean {
  return draft.context.mapping.some((mapping) => {
    const field = draft.record.fields[mapping.field];
    const isMapped = Object.keys(mapping.columns).length > 0 && !mapping.parents;
    const isOpen = field?.source === 'dynamics' && field.value !== field.base && isMapped;
    return isOpen && field.rule !== consentRule && wantedValue(draft, person, mapping) !== undefined;
  });
}

export function hasOpenCommand({ record }: Draft): boolean {
  return record.outbox.some((entry) => entry.kind === 'marketo-write' && !entry.lapsed);
}

/** Its person was asked to join, and answers soon: nobody else may be made in the meantime. */
function isBeingJoined({ record, context }: Draft): boolean {
  return record.waiting?.cause === 'join' && record.waiting.dueAtMs > context.nowMs;
}

/** What is not to be created waits for nothing. */
function stopWaiting({ record }: Draft): void {
  if (record.waiting && ['first-reads', 'join', 'review'].includes(record.waiting.cause))
    record.waiting = null;
}

function allFields(draft: Draft): ScalarValues {
  const fields: Record<string, Scalar> = {};
  for (const mapping of draft.context.mapping) {
    const wanted = valueOf(draft, mapping);
    if (wanted !== undefined) fields[mapping.marketo] = wanted;
  }
  return fields;
}

/** Fields of companies that their persons show. */
export const companyFields: ReadonlySet<string> = new Set(
  entityTypes.account.mapping.filter(({ parents }) => !parents).map(({ marketo }) => marketo),
);

/** A person of a company shows the company's own fields, and may not be given others (marketo-rest 2.4, 1021). */
function isSent({ record }: Draft, { marketo, direction }: MappingRow): boolean {
  if (direction === 'to-dynamics' || direction === 'none') return false;
  return !companyFields.has(marketo) || typeof record.fields['companyId']?.value !== 'string';
}
