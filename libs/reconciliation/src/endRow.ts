import type { ScalarValues, Sequence } from '@lockstep/change-events';
import { isDeletedByOthers, isOutgrown } from './comeBack.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { planRowMerge } from './followMerge.ts';
import { isKeptOut } from './keptOut.ts';
import { planRowWrite } from './planRowWrite.ts';
import { isHeldForReview } from './review.ts';

/** Of a contact that is not used any more, and of a lead that was disqualified (dataverse facts 3.6). */
const endStates: Readonly<Record<string, number>> = { contact: 1, lead: 2 };

/** Somebody deleted the last person of a row: the row ends too, where the policy says so (G-08). */
export function followPerson(draft: Draft, person: DraftRow): void {
  const { rowWhenPersonDeleted } = draft.context.policy;
  const row = activeRow(draft.record, 'dynamics');
  if (rowWhenPersonDeleted === 'keep' || !row || !mayEnd(draft, row)) return;
  const isLost = person.active && isDeletedByOthers(person) && person.mergedInto === undefined;
  if (isLost && !isOutgrown(draft, person)) row.ends = rowWhenPersonDeleted;
}

/** One that is gone, or stays out, is nobody's to write. */
const mayEnd = ({ context }: Draft, row: DraftRow): boolean => !row.deletedAt && !isKeptOut(context, row);

/** What ends the row, once every value is written; an edit of the row, or a person that is back, keeps it. */
export function planEnd(draft: Draft, row: DraftRow, ifMatch: Sequence): void {
  const { ends, table, id: rowId } = row;
  if (isHeldUp(draft, row)) return;
  if (!ends) return planRowMerge(draft, row, ifMatch);
  if (!isBereft(draft)) {
    delete row.ends;
    return;
  }
  const columns: ScalarValues = ends === 'deactivate' ? { statecode: endStates[table] ?? null } : {};
  planRowWrite(draft, { table, rowId, ifMatch, columns, ends });
}

/** What only a read by id shows blank may be an edit. */
const isHeldUp = ({ record }: Draft, { unproven }: DraftRow): boolean =>
  unproven !== undefined || record.waiting?.cause === 'refused';

/** Its person is gone, nobody wants another one, and the row holds nothing that the person did not get, or that waits for review. */
function isBereft(draft: Draft): boolean {
  const person = activeRow(draft.record, 'marketo');
  if (!person?.deletedAt || person.verdict === 'recreate') return false;

  return !isOutgrown(draft, person) && !isHeldForReview(draft);
}
