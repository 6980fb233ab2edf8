import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { GoldenField, GoldenRecord } from './goldenRecord.ts';
import type { SeenValue, Verdict } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { wantedValue } from './marketoValues.ts';
import { consentRule, firstValue } from './policy.ts';

/** The code of a record whose row was edited after its person was deleted, while somebody is to be asked. */
export const askedCode = 'PERSON_DELETED';

/**
 * Whether a row gets another person. One that somebody deleted in Marketo comes back when its row was changed in Dynamics
 * (F-31), unless it is to stay away, or somebody is asked first; one that we had deleted comes back with its row.
 */
export function comesBack(draft: Draft, person: DraftRow | undefined): 'yes' | 'ask' | 'no' {
  if (!isDeletedByOthers(person)) return 'yes';
  if (person.mergedInto !== undefined) return isOutgrown(draft, person) ? 'yes' : 'no';
  if (person.verdict) return person.verdict === 'recreate' ? 'yes' : 'no';

  return isOutgrown(draft, person) ? answers[draft.context.policy.deletedInMarketo] : 'no';
}

/** To an edit of the row. */
const answers = { recreate: 'yes', ask: 'ask', 'stay-deleted': 'no' } as const;

/** Somebody in Marketo deleted it, or had it merged. */
export const isDeletedByOthers = (person: DraftRow | undefined): person is DraftRow =>
  person?.deletedAt !== undefined && person.deletedAt !== null && !person.removed && !isUnmet(person);

/**
 * Nothing it holds is known: it did not speak while another one did, or was deleted before the record that joined it had handed
 * it over.
 */
export function isUnmet({ seen }: DraftRow): boolean {
  for (const _field in seen) return false;

  return true;
}

/**
 * Dynamics holds something that the person never got before it was deleted, whichever of the two was learnt first. A
 * relation that waited, or an opt-out of the address, does not bring anybody back.
 */
export function isOutgrown(draft: Draft, person: DraftRow): boolean {
  const row = activeRow(draft.record, 'dynamics');

  return draft.context.mapping.some((mapping) => {
    const field = draft.record.fields[mapping.field];
    if (!mayAsk(row, mapping) || field?.source !== 'dynamics' || isNoEdit(row, field)) return false;
    return isOpen(field, person.seen[mapping.field]) && wantedValue(draft, person, mapping) !== undefined;
  });
}

/** A wish of the address, or what Dynamics filled in when we made the row. */
const isNoEdit = (row: DraftRow | undefined, { rule }: GoldenField): boolean =>
  rule === consentRule || (row?.made === true && rule === firstValue);

/** The state of a row that we are deactivating is no edit of it. */
function mayAsk(row: DraftRow | undefined, { columns, parents }: MappingRow): boolean {
  if (row?.ends === 'deactivate' && isState(columns[row.table])) return false;

  return Object.keys(columns).length > 0 && !parents;
}

/** Whether a row is in use, and why not. */
export const isState = (column: string | undefined): boolean =>
  column === 'statecode' || column === 'statuscode';

/** Edited since both sides agreed, or put back to that since our last write. */
const isOpen = ({ value, base }: GoldenField, seen: SeenValue | undefined): boolean =>
  value !== base || seen?.unconfirmed === true;

/** Somebody is asked about its person, or was. */
export function mayBeJudged(record: Pick<GoldenRecord, 'rows' | 'waiting'>): boolean {
  const person = activeRow(record, 'marketo');
  if (!person?.deletedAt || person.mergedInto !== undefined) return false;

  return record.waiting?.code === askedCode || person.verdict !== undefined;
}

/** Somebody says whether the person comes back; what no longer fits changes nothing. */
export function judge(draft: Draft, verdict: Verdict): void {
  const person = activeRow(draft.record, 'marketo');
  if (!person || !mayBeJudged(draft.record)) {
    draft.nothing = 'stale';
    return;
  }
  person.verdict = verdict;
  draft.record.waiting = null;
}
