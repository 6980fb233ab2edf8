import { isAfter, type ChangeEvent, type EvidenceRow, type Scalar } from '@lockstep/change-events';
import { applyChange, type Observation } from './applyChange.ts';
import { isOlder } from './consent.ts';
import type { Draft, DraftRow } from './decision.ts';
import { tell, type Run, type Story } from './feedStory.ts';
import { isWishOfAddress } from './followConsent.ts';
import type { SeenValue } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { madeWith, observe, untold } from './observe.ts';
import { isCreation, isMaking } from './outbox.ts';
import { confirmValue, forgetTold, openCommand, writesBehind } from './ownWrites.ts';
import { read, readDisplay, type Reading } from './projection.ts';

/** What the feed tells of one field, and the event with the state. `lifted`: an opt-out of the address that the state shows was lifted since. */
export type FieldEvidence = {
  row: DraftRow;
  mapping: MappingRow;
  evidence: readonly EvidenceRow[];
  event: ChangeEvent;
  lifted: boolean;
};

/** The edits that the feed tells of, and then what the state shows. */
export function absorbTold(draft: Draft, field: FieldEvidence): void {
  const { row, mapping, event } = field;
  const { writes, isOthers: isOfBefore } = writesBehind(draft, row, field);
  meetFormer(draft, field, writes);
  const state = readingOf(mapping, event.fields ?? {});
  const story = asOfThen(draft, field, storyOf(draft, field, { state, writes }));
  forgetTold(row, mapping, story.told);
  const [at, changedAt] = [event.page, changeTime(story, event)];
  const isOthers = isByOthers(draft, field, { story, state, isOfBefore });
  const edit = story.edit && {
    row,
    mapping,
    reading: story.edit,
    at,
    changedAt,
    madeOn: story.madeOn,
    isOthers,
  };
  if (edit && isRunOver(story, edit, { state, writes: laterThanEdits(draft, writes) }))
    applyChange(draft, edit, false);
  if (state && isExplained(field, { story, state, writes }))
    observeState(
      draft,
      {
        row,
        mapping,
        reading: state,
        at,
        changedAt,
        madeOn: story.basis,
        isOwn: isOwn({ story, state, writes }),
        isOthers,
      },
      story,
      edit,
    );
  if (story.confirmed) confirmValue(row, mapping.field);
}

/**
 * What the feed tells of this person. Edits that were not made on top of what it held, and that no state shows, are those of
 * somebody who became part of it: a merge brings their activities (marketo-rest 2.5).
 */
function storyOf(draft: Draft, field: FieldEvidence, { state, writes }: Shown): Story {
  const { mapping, evidence } = field;
  const tellOf = (rows: readonly EvidenceRow[]) => tell(mapping, rows, writes, issuedAt(draft));
  const story = tellOf(evidence);
  const { run, edit } = story;
  if (!run || !edit || !state) return story;
  const held = heldBefore(draft, field, run);
  const isOfPerson = held === undefined || isShown(field, state, edit) || [held, ...writes].includes(run.old);

  return isOfPerson ? story : tellOf(evidence.slice(0, run.from));
}

const isShown = ({ row, mapping }: FieldEvidence, state: Reading, edit: Reading): boolean =>
  [state.side, row.seen[mapping.field]?.value].includes(edit.side);

type Shown = { readonly state: Reading | null; readonly writes: readonly Scalar[] };

/**
 * Undefined where it was seen before the feed has told of our last write: that may come before these edits, or after. What we made a
 * person with comes before them all.
 */
function heldBefore(draft: Draft, { row, mapping }: FieldEvidence, { onto }: Run): Scalar | undefined {
  const seen = row.seen[mapping.field];
  if (onto !== undefined) return onto;
  if (seen && !seen.unconfirmed) return seen.value;

  return draft.record.outbox.some(isMaking) ? madeWith(draft, { row, mapping }) : undefined;
}

/** When the command was decided whose outcome is awaited, as an ISO time. */
const issuedAt = ({ record }: Draft): string | null => openCommand(record)?.command.issuedAt ?? null;

/** An edit that is older than our command is not made on top of it: somebody had put the same value there. */
function asOfThen({ record }: Draft, { row, mapping }: FieldEvidence, story: Story): Story {
  const { madeOn, told } = story;
  const seen = row.seen[mapping.field];
  const isKnown = madeOn === undefined || told > 0 || untold(seen).includes(madeOn);
  const entry = openCommand(record);
  if (isKnown || !entry || entry.overtaken || !isBefore(story, seen, entry.command.issuedAt)) return story;
  return { ...story, madeOn: undefined, basis: undefined };
}

/** Of the same second, an edit whose value was seen already is the older one. */
const isBefore = ({ edit, editedAt }: Story, seen: SeenValue | undefined, issuedAt: string): boolean =>
  seen?.value === edit?.side ? !isOlder(issuedAt, editedAt) : isOlder(editedAt, issuedAt);

/** What a person held before the edits that the feed tells of is met first, so that these are edits of it and no first sight. */
function meetFormer(draft: Draft, field: FieldEvidence, writes: readonly Scalar[]): void {
  const { row, mapping, evidence, event } = field;
  const [first] = evidence;
  const isMet = row.seen[mapping.field] !== undefined || writes.length > 0;
  if (!first || isMet || !draft.record.fields[mapping.field]) return;
  const reading = readDisplay(mapping, first.oldValue);
  observe(draft, { row, mapping, reading, at: event.page, changedAt: null });
}

/** What a person is made with comes before whatever is told of it, and runs over nothing. */
const laterThanEdits = ({ record }: Draft, writes: readonly Scalar[]): readonly Scalar[] =>
  record.outbox.some(isCreation) ? [] : writes;

/** It was read before we wrote the same, or somebody whom the feed names opted out, and the address with it, which the state shows. */
const isByOthers = (
  draft: Draft,
  { mapping }: FieldEvidence,
  told: { readonly story: Story; readonly state: Reading | null; readonly isOfBefore: boolean },
): boolean => {
  const { story, state, isOfBefore } = told;
  const isNamed = story.isNamed && !story.ranOver;
  const isOptOut = [story.edit, state].every((reading) => reading?.side === true);

  return isOfBefore || (isNamed && isOptOut && isWishOfAddress(draft, mapping.field));
};

type Told = { readonly story: Story; readonly state: Reading; readonly writes: readonly Scalar[] };

/** The feed may be read up to a write of ours that came before what the state shows. */
const isExplained = (field: FieldEvidence, { story, state, writes }: Told): boolean =>
  story.edit !== null || story.confirmed || !awaitsEvidence(field, state, writes);

/** The last that the feed tells of is a write of ours, and the state shows all of it. */
const isOwn = ({ story, state, writes }: Told): boolean =>
  (story.edit === null || story.ranOver) && story.basis === state.side && writes.includes(state.side);

const changeTime = (story: Story, event: ChangeEvent): string | null => story.editedAt ?? event.changedAt;

function observeState(draft: Draft, state: Observation, story: Story, edit: Observation | null): void {
  observe(draft, state);
  if (edit && !story.ranOver && edit.reading.side === state.reading.side) followEdit(draft, edit);
}

/**
 * An edit that left the state as it was, such as one that puts our own value there by hand, still is the last word of a side
 * that has the say; and one that was made on top of a write of ours, whose value no state ever showed, is an edit like any.
 */
function followEdit(draft: Draft, edit: Observation): void {
  const { row, mapping, reading, at, madeOn, isOthers } = edit;
  const seen = row.seen[mapping.field];
  const isWord = isOthers === true || madeOn !== undefined;
  if (draft.record.fields[mapping.field]?.source !== 'marketo' && !isWord) return;
  if (seen?.value !== reading.side || isAfter(seen.at, at)) return;
  applyChange(draft, edit, false);
}

/**
 * Our write came after the edit, or the state shows our value although somebody else edited, or was read before our write
 * was acknowledged.
 */
function isRunOver(
  story: Story,
  edit: Observation,
  { state, writes }: { state: Reading | null; writes: readonly Scalar[] },
): boolean {
  if (story.ranOver) return true;
  // What the feed has told of before the edit ran over nothing.
  const later = writes.slice(story.told);
  if (state !== null && state.side !== edit.reading.side && later.includes(state.side)) return true;
  return precedesWrite(edit, writes);
}

/**
 * The edit was read before our last write was acknowledged, so that the state counts as older than that. Made on top of it, the edit
 * holds in Marketo, and is written once more at most. What a later read has shown was decided with that.
 */
function precedesWrite({ row, mapping, reading, at }: Observation, writes: readonly Scalar[]): boolean {
  const last = writes.at(-1);
  const seen = row.seen[mapping.field];

  return last !== undefined && isAfter(seen?.at, at) && ![last, seen?.value].includes(reading.side);
}

/**
 * While a write of ours is on its way, a state that nothing explains is not judged: the feed will tell whether it was made
 * on top of our value, and brings the state again.
 */
export function awaitsEvidence(
  { row, mapping, event }: FieldEvidence,
  state: Reading,
  writes: readonly Scalar[],
): boolean {
  if (event.evidence === null || writes.length === 0) return false;
  return row.seen[mapping.field]?.value !== state.side && !writes.includes(state.side);
}

/** What a person's fields show of one of ours; null when it was not read. */
export function readingOf(mapping: MappingRow, fields: Readonly<Record<string, unknown>>): Reading | null {
  const value = fields[mapping.marketo] as Scalar | undefined;
  return value === undefined ? null : read('marketo', mapping, value);
}
