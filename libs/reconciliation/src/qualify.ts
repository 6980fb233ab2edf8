import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { isKeptOut } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { isBlank, type Reading } from './projection.ts';

/**
 * Lets a contact carry on the lead that it was made of, unless its own filter says No; then the lead goes on speaking
 * (F-26, native-sync 2.2). The rows may be met in either order. Answers what the row that spoke so far was seen to hold, null where
 * there is none; from now on that one speaks for lifecycle only.
 */
export function carryOn(draft: Draft, row: DraftRow): DraftRow['seen'] | null {
  const former = activeRow(draft.record, 'dynamics');
  if (!former || !mayCarryOn(draft, row, former)) return null;
  const { seen } = former;
  Object.assign(former, { active: false, seen: {}, inFlight: {}, parked: {} });
  draft.record.outbox = draft.record.outbox.filter(
    (entry) => entry.kind !== 'dynamics-write' || entry.rowId !== former.id,
  );
  row.active = true;
  draft.record.kind = row.table === 'contact' ? 'contact' : 'lead';

  return seen;
}

function mayCarryOn({ record, context }: Draft, row: DraftRow, former: DraftRow): boolean {
  if (isKeptOut(context, row)) return false;
  if (row.table === 'contact') return former.table === 'lead';
  const isMetLater = row.version === null && activeRow(record, 'marketo') === undefined;
  return isMetLater && isKeptOut(context, former);
}

/**
 * What the contact took from its lead is no edit, so that an edit of Marketo that the lead had not got yet holds. What it did
 * not take is blank there, as at a first meeting.
 */
export function inherit(
  row: DraftRow,
  seen: DraftRow['seen'] | null,
  mapping: MappingRow,
  reading: Reading,
): void {
  const former = seen?.[mapping.field];
  if (!former || mapping.direction !== 'both' || isBlank(reading.golden)) return;
  row.seen[mapping.field] = { value: former.value, at: { epoch: 0, number: 0 } };
}
