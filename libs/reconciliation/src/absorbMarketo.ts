import {
  isAfter,
  type ChangeEvent,
  type EvidenceRow,
  type Scalar,
  type ScalarValues,
  type Sequence,
} from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { MappingRow } from './mapping.ts';
import { applyChange, observe } from './observe.ts';
import { read, readDisplay, type Reading } from './projection.ts';

/** GUIDs kept per person: more than a feed page can hold of one person between two decisions. */
const decidedEvidenceMax = 100;

/** Takes a person of Marketo into the record: evidence first, in activity order, then the state (design section 5). */
export function absorbMarketo(draft: Draft, event: ChangeEvent): void {
  const row = personRow(draft, event.recordId, event.page);
  if (event.operation === 'DELETE') return absorbDelete(draft, row, event.page);
  if (row.deletedAt && !isAfter(event.page, row.deletedAt)) {
    draft.nothing = 'stale';
    return;
  }
  row.deletedAt = null;
  row.missing = false;
  if (row.active) absorbFields(draft, row, event);
  if (isAfter(event.page, row.page)) row.page = event.page;
}

/** A state that was read by the deliverer, without evidence. */
export function absorbState(draft: Draft, personId: string, state: ScalarValues, at: Sequence): void {
  const row = personRow(draft, personId, at);
  row.missing = false;
  for (const mapping of row.active ? draft.context.mapping : []) {
    const reading = readingOf(mapping, state);
    if (reading) observe(draft, { row, mapping, reading, at, changedAt: null, sequential: false });
  }
  if (isAfter(at, row.page)) row.page = at;
}

/** The person's row, made when it is met for the first time; a second live person of one record does not speak. */
export function personRow(draft: Draft, personId: string, at: Sequence): DraftRow {
  const known = draft.record.rows.find((row) => row.system === 'marketo' && row.id === personId);
  if (known) return known;
  const holder = activeRow(draft.record, 'marketo');
  const active = holder === undefined || holder.deletedAt !== null;
  if (holder && active) holder.active = false;
  const row: DraftRow = {
    system: 'marketo',
    table: 'person',
    id: personId,
    active,
    deletedAt: null,
    missing: false,
    version: null,
    page: at,
    filter: null,
    seen: {},
    inFlight: {},
    parked: {},
    decidedEvidence: [],
  };
  draft.record.rows.push(row);
  return row;
}

function absorbDelete(draft: Draft, row: DraftRow, page: Sequence): void {
  if (row.deletedAt) {
    draft.nothing = 'stale';
    return;
  }
  row.deletedAt = page;
  row.inFlight = {};
  row.missing = false;
  draft.record.outbox = draft.record.outbox.filter((entry) => entry.kind !== 'marketo-write');
}

function absorbFields(draft: Draft, row: DraftRow, event: ChangeEvent): void {
  const fresh = (event.evidence?.rows ?? []).filter(
    (item) => !row.decidedEvidence.includes(item.marketoGUID),
  );
  const ordered = fresh.toSorted((a, b) => a.activityId - b.activityId);
  for (const mapping of draft.context.mapping) {
    const evidence = ordered.filter((item) => item.field === mapping.marketo);
    const confirmed = confirmedValue(row, mapping, event.evidence?.feedNumber ?? null);
    absorbField(draft, { row, mapping, evidence, event });
    const seen = row.seen[mapping.field];
    if (seen && seen.value === confirmed) delete seen.unconfirmed;
  }
  const guids = ordered.map((item) => item.marketoGUID);
  row.decidedEvidence = [...row.decidedEvidence, ...guids].slice(-decidedEvidenceMax);
}

type FieldEvidence = {
  row: DraftRow;
  mapping: MappingRow;
  evidence: readonly EvidenceRow[];
  event: ChangeEvent;
};

function absorbField(draft: Draft, { row, mapping, evidence, event }: FieldEvidence): void {
  const written = writtenValue(row, mapping);
  const story = tell(mapping, evidence, written);
  const state = readingOf(mapping, event.fields ?? {});
  if (story.edit && written !== undefined && (story.ranOver || hidesEdit(state, story.edit, written))) {
    const change = {
      row,
      mapping,
      reading: story.edit,
      at: event.page,
      changedAt: story.editedAt,
      sequential: false,
    };
    applyChange(draft, change, false);
  }
  if (state) {
    const { sequential, editedAt } = story;
    observe(draft, {
      row,
      mapping,
      reading: state,
      at: event.page,
      changedAt: editedAt ?? event.changedAt,
      sequential,
    });
  }
  const seen = row.seen[mapping.field];
  if (seen && story.confirmed) delete seen.unconfirmed;
}

/** The state shows our value although somebody else edited: our write ran over that edit. */
function hidesEdit(state: Reading | null, edit: Reading, written: Scalar): boolean {
  return state !== null && state.side === written && edit.side !== written;
}

function readingOf(mapping: MappingRow, fields: Readonly<Record<string, unknown>>): Reading | null {
  if (!(mapping.marketo in fields)) return null;
  return read('marketo', mapping, fields[mapping.marketo] as Scalar);
}

/** What our last write to this field put there, as long as the feed has not confirmed it. */
function writtenValue(row: DraftRow, mapping: MappingRow): Scalar | undefined {
  const inFlight = row.inFlight[mapping.field];
  if (inFlight) return inFlight.value;
  const seen = row.seen[mapping.field];
  return seen?.unconfirmed ? seen.value : undefined;
}

/** What the feed tells about one field since the last decision. */
type Story = {
  /** The last edit that was not ours. */
  readonly edit: Reading | null;
  readonly editedAt: string | null;
  /** Our write came after that edit: it ran over it. */
  readonly ranOver: boolean;
  /** That edit was made on top of what we wrote. */
  readonly sequential: boolean;
  readonly confirmed: boolean;
};

function tell(mapping: MappingRow, evidence: readonly EvidenceRow[], written: Scalar | undefined): Story {
  const steps = evidence.map((item) => ({ item, to: readDisplay(mapping, item.newValue) }));
  const own = steps.findLastIndex((step) => written !== undefined && step.to.side === written);
  const edit = steps.findLastIndex((step) => written === undefined || step.to.side !== written);
  const last = steps[edit];
  const madeOnOurs =
    last !== undefined && written !== undefined && readDisplay(mapping, last.item.oldValue).side === written;
  return {
    edit: last?.to ?? null,
    editedAt: last?.item.activityDate ?? null,
    ranOver: last !== undefined && own > edit,
    sequential: madeOnOurs || (own >= 0 && own < edit),
    confirmed: own >= 0 || madeOnOurs,
  };
}

/**
 * Our acknowledged value when the feed has been read past that write: from now on both sides are known to agree. Asked
 * before the state moves the number of what was seen.
 */
function confirmedValue(row: DraftRow, mapping: MappingRow, feedNumber: Sequence | null): Scalar | undefined {
  const seen = row.seen[mapping.field];
  return seen?.unconfirmed && isAfter(feedNumber, seen.at) ? seen.value : undefined;
}
