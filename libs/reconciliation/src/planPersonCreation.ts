import { isoTime } from '@lockstep/change-events';
import { askedCode, comesBack } from './comeBack.ts';
import type { Draft, DraftRow } from './decision.ts';
import { survivorFor } from './followMerge.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { rowKey } from './linkedRow.ts';
import { isCreation } from './outbox.ts';
import { allValues } from './marketoValues.ts';
import { findMatch, rivalsOf } from './match.ts';
import { sendCommand } from './sendCommand.ts';

/** Gives a row that has none a person, a new one or one that matches, or the one that its own was merged into, where it is to have one. */
export function planPersonCreation(draft: Draft, crm: DraftRow, person: DraftRow | undefined): void {
  const survivor = survivorFor(draft);
  if (!survivor?.isFree) return planNext(draft, crm, person);
  if (!isBeingJoined(draft)) askToJoin(draft, survivor.goldenId);
}

function planNext(draft: Draft, crm: DraftRow, person: DraftRow | undefined): void {
  const answer = crm.deletedAt === null ? comesBack(draft, person) : 'no';
  if (answer === 'no') return stopWaiting(draft);
  const review = reviewCode(draft, person, answer);
  if (review !== null) return wait(draft, 'review', review, draft.context.policy.parkedRetryMs);
  if (!draft.context.firstReadsComplete) {
    draft.record.waiting = { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER };
    return;
  }
  if (!isBeingJoined(draft) && !isAnsweredBySeveral(draft)) createOrJoin(draft);
}

/** What somebody is to decide before; nothing where another person carries the former one on, and the row is said to be somebody else. */
function reviewCode({ record }: Draft, person: DraftRow | undefined, answer: 'yes' | 'ask'): string | null {
  if (answer === 'ask') return askedCode;

  return person?.mergedInto !== undefined && !record.apart ? 'PERSON_MERGED' : null;
}

/** Marketo has just said that several persons match: who they are is read first, and the creation is not asked for again at once. */
const isAnsweredBySeveral = ({ record, before }: Draft): boolean =>
  record.waiting?.cause === 'review' && record.waiting.dueAtMs !== before.waiting?.dueAtMs;

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
      if (isPersonOnItsWay(draft)) return wait(draft, 'join', null, policy.joinMs);
      if (mustLetRivalsPass(draft)) return;
      draft.record.waiting = null;
      sendCommand(draft, 'CREATE', allValues(draft));
  }
}

/** Somebody hands a person over, unasked: its claim is here, and it comes behind. */
function isPersonOnItsWay({ record, context }: Draft): boolean {
  const own = new Set(record.rows.map(rowKey));

  return context.claims.some(
    ({ goldenId, rowKey: key }) =>
      goldenId === record.goldenId && key.startsWith('marketo/') && !own.has(key),
  );
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

export function hasOpenCommand({ record }: Draft): boolean {
  return record.outbox.some((entry) => entry.kind === 'marketo-write' && !entry.lapsed);
}

/** Its person was asked to join, and answers soon: nobody else may be made until a wake-up ends the wait. */
const isBeingJoined = ({ record }: Draft): boolean => record.waiting?.cause === 'join';

/** What is not to be created waits for nothing but whom it has asked for, who may be on the way. */
export function stopWaiting({ record }: Draft): void {
  const { cause } = record.waiting ?? {};
  const isAsked = cause === 'join' && record.aliasOf === null;
  if (isAsked || cause === 'refused' || cause === 'marketo-missing') return;
  record.waiting = null;
}
