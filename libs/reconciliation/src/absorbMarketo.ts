import {
  isAfter,
  type ChangeEvent,
  type KnownWish,
  type ScalarValues,
  type Sequence,
} from '@lockstep/change-events';
import { absorbFields } from './absorbFields.ts';
import { readingOf } from './absorbTold.ts';
import { activeRow, addRow, type Draft, type DraftRow } from './decision.ts';
import { followPerson } from './endRow.ts';
import { isLifted } from './followConsent.ts';
import { observe } from './observe.ts';

/**
 * Takes a person of Marketo into the record: evidence first, in activity order, then the state (design section 5). `wish`: what the
 * record that hands it over knew of the wish of its address.
 */
export function absorbMarketo(draft: Draft, event: ChangeEvent, wish?: KnownWish | null): void {
  const row = personRow(draft, event.recordId, event.page);
  if (event.operation === 'DELETE') return absorbDelete(draft, row, event.page);
  if (event.operation === 'MERGE') return absorbMerge(draft, row, event);
  if (row.deletedAt && !isAfter(event.page, row.deletedAt)) {
    draft.nothing = 'stale';
    return;
  }
  revive(row);
  explain(draft, row);
  if (row.active) absorbFields(draft, row, event, isLifted(draft, wish));
  if (isAfter(event.page, row.page)) row.page = event.page;
}

/** A field that is not there is not deleted: that would cost each row its shape. */
function revive(row: DraftRow): void {
  row.deletedAt = null;
  if (row.mergedInto !== undefined) delete row.mergedInto;
  if (row.verdict !== undefined) delete row.verdict;
}

/** A state that was read by the deliverer, without evidence. */
export function absorbState(draft: Draft, personId: string, state: ScalarValues, at: Sequence): void {
  const row = personRow(draft, personId, at);
  explain(draft, row);
  for (const mapping of row.active ? draft.context.mapping : []) {
    const reading = readingOf(mapping, state);
    if (reading) observe(draft, { row, mapping, reading, at, changedAt: null, isStateAlone: true });
  }
  if (isAfter(at, row.page)) row.page = at;
}

/** The person's row, made when it is met for the first time; a second live person of one record does not speak. */
export function personRow(draft: Draft, personId: string, at: Sequence): DraftRow {
  const known = draft.record.rows.find((row) => row.system === 'marketo' && row.id === personId);
  const holder = activeRow(draft.record, 'marketo');
  const active = holder === undefined || holder === known || holder.deletedAt !== null;
  if (holder && holder !== known && active) holder.active = false;
  if (known) known.active = active;
  if (known) return known;
  return addRow(draft, { system: 'marketo', table: 'person', id: personId, active, page: at });
}

/** A feed or a read tells what became of a person that a write had not found. */
function explain(draft: Draft, row: DraftRow): void {
  row.missing = false;
  if (row.active && draft.record.waiting?.cause === 'marketo-missing') draft.record.waiting = null;
}

/** After a merge in Marketo nothing is created for the row that lost its person (design section 5, Merges). */
function absorbMerge(draft: Draft, row: DraftRow, event: ChangeEvent): void {
  if (event.mergedInto !== null) row.mergedInto = event.mergedInto;
  absorbDelete(draft, row, event.page);
}

/** What is on its way stays open: its outcome tells whether it reached the person before that was deleted. */
function absorbDelete(draft: Draft, row: DraftRow, page: Sequence): void {
  if (row.deletedAt) {
    // We may have learnt of it from an answer: a page of before the delete does not bring it back.
    if (isAfter(page, row.deletedAt)) row.deletedAt = page;
    else draft.nothing = 'stale';
    return;
  }
  row.inFlight = {};
  explain(draft, row);
  bury(draft, row, page);
}

/** Another person of the record, who did not speak so far, speaks for it from now on; without one its row may have to follow. */
export function bury(draft: Draft, row: DraftRow, page: Sequence): void {
  row.deletedAt = page;
  row.missing = false;
  const heir = draft.record.rows.find(
    (other) => other.system === 'marketo' && !other.active && !other.deletedAt,
  );
  if (!row.active) return;
  if (!heir) return followPerson(draft, row);
  row.active = false;
  heir.active = true;
}
