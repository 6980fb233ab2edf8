import type { InboxMessage, OperatorWish } from '@lockstep/change-events';
import { judge, mayBeJudged } from './comeBack.ts';
import { activeRow, type Draft } from './decision.ts';
import { lookAgainAtEntity, readEntityAgain } from './planEntity.ts';
import { hasOpenCommand, requestJoin } from './planPersonCreation.ts';
import { sendCommand } from './sendCommand.ts';
import { undo } from './undo.ts';
import { keepApart, leave, unlink } from './unlink.ts';
import { lookAgain } from './wakeUp.ts';

type Asked = Pick<Extract<InboxMessage, { kind: 'wake-up' }>, 'target' | 'conflict' | 'wish'>;

/** Does what an operator asked of a record (G-04, G-22); what no longer fits changes nothing. */
export function obeyWish(draft: Draft, asked: OperatorWish, { target, conflict, wish }: Asked): void {
  switch (asked) {
    case 'release':
      return release(draft);
    case 'read-again':
      return readAgain(draft);
    case 'review-join':
      return joinTo(draft, target);
    case 'review-separate':
      return separate(draft);
    case 'review-recreate':
      return judge(draft, 'recreate');
    case 'review-stay-away':
      return judge(draft, 'stay-away');
    case 'unlink':
      return unlink(draft, target);
    case 'leave':
      return leave(draft, target);
    case 'parted':
      return keepApart(draft, target, wish);
    case 'undo':
      return undo(draft, conflict);
  }
}

/** Everything that waits for a cause to go away is tried at once, whatever was refused before. */
function release(draft: Draft): void {
  const { record, context } = draft;
  for (const row of record.rows) row.parked = {};
  const dueAtMs = context.nowMs;
  if (record.waiting?.code) record.waiting = { ...record.waiting, dueAtMs };
  if (record.held) record.held = { ...record.held, dueAtMs };
  if (record.entity) lookAgainAtEntity(draft);
  else lookAgain(draft);
}

/** What Marketo holds is read, and decided as any state is. An open command tells the same with its outcome. */
function readAgain(draft: Draft): void {
  if (draft.record.entity) return readEntityAgain(draft);
  const person = activeRow(draft.record, 'marketo');
  if (person && !person.deletedAt && !hasOpenCommand(draft)) sendCommand(draft, 'READ', {});
}

/** Of several persons that match the operator named one: its record is asked for it, as for a match that is alone. */
function joinTo(draft: Draft, target: string | null): void {
  if (!isInReview(draft) || target === null || target === draft.record.goldenId) {
    draft.nothing = 'stale';
    return;
  }
  requestJoin(draft, target);
}

/** Nobody else is meant: the record makes a person of its own, whoever has the same address, also after its own was deleted. */
function separate(draft: Draft): void {
  if (!isInReview(draft)) {
    draft.nothing = 'stale';
    return;
  }
  draft.record.apart = true;
  if (mayBeJudged(draft.record)) judge(draft, 'recreate');
  draft.record.waiting = null;
}

const isInReview = ({ record }: Draft): boolean => record.waiting?.cause === 'review';
