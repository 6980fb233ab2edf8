import type { Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';
import { planPersonMerge } from './followMerge.ts';
import { isEmpty } from './isEmpty.ts';
import { isKeptOut, keptOutField } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { isUnmet } from './comeBack.ts';
import { isHeld, valueOf, wantedValue } from './marketoValues.ts';
import { planPersonCreation, stopWaiting } from './planPersonCreation.ts';
import { isUnwanted, planRemoval } from './planRemoval.ts';
import { consentRule, undoRule } from './policy.ts';
import { sendCommand } from './sendCommand.ts';

/** Plans what Marketo must be told: an update of the linked person, or the creation of one that should exist. */
export function planMarketo(draft: Draft): void {
  const crm = activeRow(draft.record, 'dynamics');
  if (!crm || draft.record.aliasOf) return stopWaiting(draft);
  if (crm.mergedInto !== undefined) {
    stopWaiting(draft);
    return isBlocked(draft) ? undefined : planPersonMerge(draft);
  }
  if (staysOut(draft, crm)) stopWaiting(draft);
  if (!isBlocked(draft)) planPerson(draft, crm);
}

function planPerson(draft: Draft, crm: DraftRow): void {
  const person = activeRow(draft.record, 'marketo');
  if (person && !person.deletedAt)
    return isUnwanted(draft, crm) ? planRemoval(draft, person) : planUpdate(draft, crm, person);
  if (!staysOut(draft, crm)) planPersonCreation(draft, crm, person);
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
  // One that took another's place: what it holds is met before anything is written over it.
  if (isUnmet(person)) return sendCommand(draft, 'READ', {});
  const fields = planFields(draft, crm, person);
  if (!isEmpty(fields)) sendCommand(draft, 'UPDATE', fields);
  else if (draft.record.outbox.some(isLapsed) || hasUnread(draft, crm, person))
    sendCommand(draft, 'READ', {});
}

/** What was just changed has a place in Marketo by other rules, and nobody knows what the person holds there. */
const hasUnread = (draft: Draft, crm: DraftRow, { seen, parked }: DraftRow): boolean =>
  draft.changed.size > 0 &&
  toldOf(draft, crm).some(
    (mapping) =>
      draft.changed.has(mapping.field) &&
      !mapping.parents &&
      seen[mapping.field] === undefined &&
      parked[mapping.field] === undefined &&
      valueOf(draft, mapping) !== undefined,
  );

/** What the person is to be told, on its way from now on. */
function planFields(draft: Draft, crm: DraftRow, person: DraftRow): ScalarValues {
  const fields: Record<string, Scalar> = {};
  for (const mapping of toldOf(draft, crm)) {
    if (isHeld(draft, person, mapping)) continue;
    const wanted = isUnsettled(draft, person, mapping) ? undefined : wantedValue(draft, person, mapping);
    if (wanted === undefined) continue;
    fields[mapping.marketo] = wanted;
    person.inFlight[mapping.field] = { value: wanted, revision: { ...draft.record.revision } };
  }

  return fields;
}

/** It may have been carried out, or may be yet: a read comes after it, and keeps it from running over what was edited since. */
const isLapsed = (entry: Draft['record']['outbox'][number]): boolean =>
  entry.kind === 'marketo-write' && entry.lapsed === true;

/**
 * An edit of Marketo that our write ran over is put back when the feed has told all that happened to it. What somebody wished
 * for the address is no edit of this person.
 */
function isUnsettled({ record }: Draft, person: DraftRow, { field }: MappingRow): boolean {
  return isEditOfMarketo(record.fields[field]) && person.seen[field]?.unconfirmed === true;
}

const isEditOfMarketo = (field: GoldenField | undefined): boolean =>
  field?.source === 'marketo' && field.rule !== consentRule && field.rule !== undoRule;
