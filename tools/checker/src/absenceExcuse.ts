import type { Conflict } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { isAmbiguous } from './ambiguousAddress.ts';
import { unchanged } from './changedRules.ts';
import { canonicalValue, isBlankValue } from './canonicalValue.ts';
import { writeOf } from './expectedRules.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { isHeirGone } from './qualified.ts';
import type { Step } from './step.ts';
import { changesOf, deletedAtMs, isOurs, maySpeak, type Group } from './timeline.ts';

/** Why a row rightly has no person; null when it should have one. */
export function absenceExcuse(
  history: IndexedHistory,
  group: Group,
  conflicts: readonly Conflict[],
): string | null {
  if (isFiltered(group.rowStates, group.rules)) return 'filter-no';
  if (history.matchByEmail && isAmbiguous(history, group)) return 'ambiguous-email';
  if (group.table === 'lead' && isHeirGone(history, group.rowId)) return 'contact-gone';
  return isRightlyGone(history, group, conflicts) ? 'deleted-in-marketo' : null;
}

/** Its last person was deleted, by nobody of us, and nothing since asks for another one. */
/** Where somebody said so once, a deletion before or after that may be the one that was meant. */
function isRightlyGone(history: IndexedHistory, group: Group, conflicts: readonly Conflict[]): boolean {
  const last = group.personIds.at(-1);
  const staysDeleted = (group.rules.deletedInMarketo ?? 'recreate') !== 'recreate';
  // Whoever was matched to it may be gone before the link was written.
  if (last === undefined) return staysDeleted && group.personStates.length > 0;
  if (staysDeleted || isRemoved(group, last)) return !isRemoved(group, last);
  const sinceMs = deletedAtMs(group.personStates, last);

  return sinceMs === null || !hasNewsSince(history, group, { sinceMs, conflicts });
}

type Since = { readonly sinceMs: number; readonly conflicts: readonly Conflict[] };

/** Dynamics holds something of which the person that was deleted never heard. */
export function hasNewsSince(
  history: Pick<IndexedHistory, 'mapping' | 'rules' | 'formerRules'>,
  group: Group,
  since: Since,
): boolean {
  const spoken = unchanged(history).filter((row) => maySpeak('dynamics', row) && mayAsk(group, row));

  return spoken.some((row) => isNews(group, row, since));
}

/** We deleted the person, or an operator parted it from its row. */
export function isRemoved({ personStates, partedIds }: Group, id: string): boolean {
  const last = personStates.findLast((state) => state.id === id);
  const isParted = partedIds.some((partedId) => partedId.startsWith(`${id.split('/')[0]}/`));
  return isParted || (last?.operation === 'delete' && isOurs(last));
}

/** Where a value may not simply be changed an edit asks for nobody. */
const mayAsk = ({ rules }: Group, row: MappingRow): boolean => writeOf(rules, row) === 'always';

/** Dynamics gave a field another value than its person had last or was given last; an edit that lost a conflict is recorded and asks for nothing. */
function isNews(group: Group, mapping: MappingRow, { sinceMs, conflicts }: Since): boolean {
  const steps = changesOf(group, mapping);
  const held = steps.findLast((step) => step.side === 'marketo');
  const edit = steps.findLast((step) => step.side === 'dynamics' && step.human);
  const written = steps.findLast((step) => step.side === 'marketo' && !step.human);
  if (!edit || edit.atMs <= sinceMs) return false;
  if (hasLost(conflicts, mapping, edit) || isTakenBack(steps, edit)) return false;
  if (written ? written.after === edit.after : isBlankValue(edit.after)) return false;
  return held ? !isHeldSince(steps, written, edit) : !isBlankValue(edit.after);
}

/** What the row holds now came from elsewhere, such as an edit of the person, or the opt-out of its address. */
const isTakenBack = (steps: readonly Step[], edit: Step): boolean =>
  steps.findLast(({ side }) => side === 'dynamics')?.after !== edit.after;

/** The person held the value after our last write to it, if only for a moment: what it held in the end nobody may have seen. */
const isHeldSince = (steps: readonly Step[], written: Step | undefined, edit: Step): boolean =>
  steps.some(
    ({ side, after, atMs }) =>
      side === 'marketo' && after === edit.after && atMs >= (written?.atMs ?? -Infinity),
  );

function hasLost(conflicts: readonly Conflict[], mapping: MappingRow, step: Step): boolean {
  return conflicts.some(
    ({ field, loserValue }) => field === mapping.field && canonicalValue(mapping, loserValue) === step.after,
  );
}
