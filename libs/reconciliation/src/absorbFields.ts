import type { ChangeEvent, EvidenceRow } from '@lockstep/change-events';
import { absorbTold, awaitsEvidence, readingOf, type FieldEvidence } from './absorbTold.ts';
import { rememberDecided, undecided } from './decidedRows.ts';
import type { Draft, DraftRow } from './decision.ts';
import { isWishOfAddress } from './followConsent.ts';
import type { MappingRow } from './mapping.ts';
import { isAsBefore, observe } from './observe.ts';
import { confirm, confirmedValue, ownWrites } from './ownWrites.ts';
import { isReadable } from './projection.ts';

/**
 * Evidence of the feed first, in activity order, then the state, field by field. `lifted`: an opt-out of the address that the state
 * shows was lifted since.
 */
export function absorbFields(draft: Draft, row: DraftRow, event: ChangeEvent, lifted: boolean): void {
  const ordered = undecided(row, event.evidence?.rows ?? []);
  const evidenceOf = byField(ordered);
  const { fields, page: at } = event;
  for (const mapping of draft.context.mapping) {
    const evidence = evidenceOf(mapping);
    if (evidence.length > 0 || !isAsBefore(row, mapping, { value: fields?.[mapping.marketo], at }))
      absorbAndConfirm(draft, { row, mapping, evidence, event, lifted });
  }
  if (ordered.length > 0) rememberDecided(row, ordered);
}

const nothingTold: readonly EvidenceRow[] = [];

function byField(evidence: readonly EvidenceRow[]): (mapping: MappingRow) => readonly EvidenceRow[] {
  if (evidence.length === 0) return () => nothingTold;
  const told = new Map<string | null, EvidenceRow[]>();
  for (const item of evidence) {
    const others = told.get(item.field);
    if (others) others.push(item);
    else told.set(item.field, [item]);
  }
  const isRead = (mapping: MappingRow) => (item: EvidenceRow) =>
    isReadable(mapping, item.oldValue) && isReadable(mapping, item.newValue);
  // What cannot be read is no evidence: the state tells.
  return (mapping) => {
    const rows = told.get(mapping.marketo);
    return rows ? rows.filter(isRead(mapping)) : nothingTold;
  };
}

function absorbAndConfirm(draft: Draft, field: FieldEvidence): void {
  const { row, mapping, event } = field;
  const confirmed = confirmedValue(row, mapping, event);
  absorbField(draft, field);
  const seen = row.seen[mapping.field];
  if (seen && seen.value === confirmed) confirm(row, mapping.field);
}

function absorbField(draft: Draft, field: FieldEvidence): void {
  if (field.evidence.length === 0) absorbUntold(draft, field);
  else absorbTold(draft, field);
}

/** The feed says nothing of this field: the state alone is judged. */
function absorbUntold(draft: Draft, field: FieldEvidence): void {
  const { row, mapping, event } = field;
  const reading = readingOf(mapping, event.fields ?? {});
  if (!reading) return;
  // Nearly all fields are as they were: nobody asks what we wrote to them.
  const isAsSeen = row.seen[mapping.field]?.value === reading.side;
  // The feed of this person will not tell of what is on its way to another one.
  if (!isAsSeen && awaitsEvidence(field, reading, ownWrites(draft, row, mapping, row.id))) return;
  const isOwn = field.lifted && isWishOfAddress(draft, mapping.field);
  const { page: at, changedAt } = event;
  observe(draft, { row, mapping, reading, at, changedAt, isOwn, isStateAlone: true });
}
