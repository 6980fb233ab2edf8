import { isoTime } from '@lockstep/change-events';
import type { Draft, DraftRow } from './decision.ts';
import { isCreation, type GoldenField, type GoldenRecord, type SeenValue } from './goldenRecord.ts';
import { allValues, wantedValue } from './marketoValues.ts';
import { findMatch, rivalsOf } from './match.ts';
import { consentRule } from './policy.ts';
import { sendCommand } from './sendCommand.ts';

/**
 * A person deleted in Marketo comes back when its row was changed in Dynamics, with a new id (F-31), unless it is to stay away;
 * one that we had deleted comes back with its row.
 */
export function planPersonCreation(draft: Draft, crm: DraftRow, person: DraftRow | undefined): void {
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
      sendCommand(draft, 'CREATE', allValues(draft));
  }
}

/**
 * Another row of Dynamics has the address and no person yet: that one may be under way. Whoever sees it waits once, longer by
 * each of the others with a lower id, so that no two of them make a person at the same time: the others find it, as if they had
 * come later.
 */
function mustLetRivalsPass(draft: Draft): boolean {
  const { before, record, context } = draft;
  const rivals = new Set(rivalsOf(draft).map(({ goldenId }) => goldenId));
  if (rivals.size === 0 || before.waiting?.cause === 'join') return false;
  // It has waited while writes were withheld, and the others know of it.
  if (isPersonForetold(before)) return false;
  const earlier = [...rivals].filter((goldenId) => goldenId < record.goldenId);
  wait(draft, 'join', null, (earlier.length + 1) * context.policy.joinMs);
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
    if (!isMapped || field?.source !== 'dynamics' || field.rule === consentRule) return false;
    return isOpen(field, person.seen[mapping.field]) && wantedValue(draft, person, mapping) !== undefined;
  });
}

/** Edited since both sides agreed, or put back to that since our last write. */
const isOpen = ({ value, base }: GoldenField, seen: SeenValue | undefined): boolean =>
  value !== base || seen?.unconfirmed === true;

export function hasOpenCommand({ record }: Draft): boolean {
  return record.outbox.some((entry) => entry.kind === 'marketo-write' && !entry.lapsed);
}

/** Its person was asked to join, and answers soon: nobody else may be made in the meantime. */
function isBeingJoined({ record, context }: Draft): boolean {
  return record.waiting?.cause === 'join' && record.waiting.dueAtMs > context.nowMs;
}

/** What is not to be created waits for nothing. */
export function stopWaiting({ record }: Draft): void {
  if (record.waiting && ['first-reads', 'join', 'review'].includes(record.waiting.cause))
    record.waiting = null;
}
