import type { Conflict, Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue, isBlankValue } from './canonicalValue.ts';
import { placesOf, rulesOf, wasElsewhere } from './changedRules.ts';
import { isClosedLead, type Pair } from './checkFields.ts';
import { isEnding } from './checkEnds.ts';
import { authorityOf, rowUnder, writeOf } from './expectedRules.ts';
import { isReturned } from './heads.ts';
import type { History, StateEntry } from './history.ts';
import type { Step } from './step.ts';
import { maySpeak, otherSide, stepsOf, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

export type ChangedCase = {
  readonly group: Group;
  readonly mapping: MappingRow;
  readonly conflicts: readonly Conflict[];
  /** Null where the sides need not agree. */
  readonly pair: Pair | null;
};

/** A value that somebody gave a place of the field, or took from it. */
type Touch = {
  readonly atMs: number;
  readonly side: System;
  readonly human: boolean;
  readonly name: string;
  readonly place: string;
  readonly before: unknown;
  readonly after: unknown;
};

/**
 * A field of which the rules did not always say the same: which of them an edit was decided by is not told. In any case nothing is written
 * that nobody wrote, nothing is cleared that nobody cleared, and what is edited under the last rules alone is on both sides.
 */
export function checkChangedField(findings: Findings, history: History, field: ChangedCase): void {
  const { group, mapping, pair } = field;
  const places = placesOf(history, mapping);
  const touches = places.length === 0 ? [] : touchesOf(group, places);
  // What is written once, or to a side that is only told, is put back against everybody.
  const isOnce = rulesOf(history).some((rules) => writeOf(rules, mapping) === 'once');
  const isTold = places.some(({ direction }) => direction !== mapping.direction);
  // What its row had before was in the columns of another one.
  const isCarriedOn = group.rowStates.some(({ carriesOn }) => carriesOn !== undefined);
  touches.forEach((write, at) => {
    if (!write.human && !(isCarriedOn && write.side === 'dynamics'))
      judge(findings, field, { write, earlier: touches.slice(0, at), places, isPutBack: isOnce || isTold });
  });
  const present = rowUnder(group.rules, mapping);
  if (pair && present) checkLast(findings, history, { ...field, pair, mapping: present });
}

function touchesOf(group: Group, places: readonly MappingRow[]): readonly Touch[] {
  const columns = new Set(places.flatMap(({ columns: all }) => all[group.table] ?? []));
  const fields = new Set(places.map(({ marketo }) => marketo));
  const touches = [
    ...group.rowStates.flatMap((state) => touchesIn('dynamics', state, columns)),
    ...group.personStates.flatMap((state) => touchesIn('marketo', state, fields)),
  ];

  return touches.toSorted((a, b) => a.atMs - b.atMs);
}

function touchesIn(side: System, state: StateEntry, names: ReadonlySet<string>): readonly Touch[] {
  if (state.operation === 'delete') return [];
  const told = Object.entries(state.changed).filter(([name]) => names.has(name));

  return told.map(([name, { before, after }]) => ({
    ...{ atMs: Date.parse(state.at), side, human: state.actorKind === 'human' },
    ...{ name, place: `${state.id}/${name}`, before, after },
  }));
}

type Judged = {
  readonly write: Touch;
  readonly earlier: readonly Touch[];
  readonly places: readonly MappingRow[];
  readonly isPutBack: boolean;
};

function judge(findings: Findings, field: ChangedCase, judged: Judged): void {
  const { write, places } = judged;
  const forms = formsBy(places);
  if ([...forms(write.before)].some((form) => forms(write.after).has(form))) return;
  if ([...forms(write.after)].every(isBlankValue)) return judgeBlank(findings, field, judged);
  if (!isGiven(judged))
    tell(findings, field, 'unexplainedWrites', `nobody gave what was written to ${write.side}`);
  else if (!judged.isPutBack && isLeft(judged))
    tell(findings, field, 'flipFlopped', `${write.side} got a value back that everybody had left behind`);
}

function judgeBlank(findings: Findings, field: ChangedCase, judged: Judged): void {
  if (!isCleared(judged))
    tell(findings, field, 'unexplainedWrites', `${judged.write.side} was cleared, which nobody had done`);
}

/** Somebody gave the value to one of the places. */
function isGiven({ write, earlier, places }: Judged): boolean {
  const forms = formsBy(places);
  const wanted = forms(write.after);

  return earlier.some(({ human, after }) => human && [...forms(after)].some((form) => wanted.has(form)));
}

/** A value in all forms that it has in the places of the field. */
const formsBy =
  (places: readonly MappingRow[]) =>
  (value: unknown): ReadonlySet<Scalar> =>
    new Set(places.map((row) => canonicalValue(row, value)));

/** Somebody did; where Dynamics alone speaks, a blank of its own counts, too; where Marketo does, an edit of a blank is put back. */
function isCleared({ write, earlier, places }: Judged): boolean {
  const isBlank = (value: unknown): boolean => [...formsBy(places)(value)].every(isBlankValue);
  const isUndone = earlier.some(
    ({ place, human, before }) => place === write.place && human && isBlank(before),
  );

  return (
    earlier.some(({ human, before, after }) => human && !isBlank(before) && isBlank(after)) ||
    (write.side === 'marketo' && places.some(({ direction }) => direction === 'to-marketo')) ||
    (write.side === 'dynamics' && places.some(({ direction }) => direction === 'to-dynamics') && isUndone)
  );
}

/** People left the value on the side that gets it, nobody gave it anywhere since, and the other side holds it nowhere. */
function isLeft({ write, earlier, places }: Judged): boolean {
  const forms = formsBy(places);
  const wanted = forms(write.after);
  const isIt = (value: unknown): boolean => [...forms(value)].some((form) => wanted.has(form));
  const place = earlier.filter((touch) => touch.place === write.place);
  const left = place.findLast(({ human, before, after }) => human && isIt(before) && !isIt(after));
  if (!left || isRepeated(place, left, isIt)) return false;
  if (earlier.some(({ human, after, atMs }) => human && atMs > left.atMs && isIt(after))) return false;
  const others = new Map<string, Touch>();
  for (const touch of earlier) if (touch.side === otherSide(write.side)) others.set(touch.place, touch);
  const wasHeld = earlier.some(
    ({ side, atMs, before }) => side === otherSide(write.side) && atMs >= left.atMs && isIt(before),
  );

  return !wasHeld && ![...others.values()].some(({ after }) => isIt(after));
}

/** A command to Marketo that overtook another may repeat what that had delivered, once, before an edit was made on top of it. */
function isRepeated(
  place: readonly Touch[],
  { side, atMs }: Touch,
  isIt: (value: unknown) => boolean,
): boolean {
  const former = place.filter(({ human, after }) => !human && isIt(after));

  return side === 'marketo' && former.length === 1 && former.every((write) => write.atMs <= atMs);
}

type Last = ChangedCase & { readonly pair: Pair };

/** Both sides hold what a side that may speak was edited to since the last rules are in force everywhere. */
function checkLast(findings: Findings, history: History, field: Last): void {
  const { group, mapping } = field;
  const column = mapping.columns[group.table];
  if (column === undefined) return;
  const sinceMs = history.ruledSinceMs ?? 0;
  const steps = stepsOf(group, mapping).filter((step) => !isEnding(column, step));
  const edits = steps.filter((step) => step.human && maySpeak(step.side, mapping) && step.atMs > sinceMs);
  const excuse = excuseOf(field, { history, steps, edits });
  if (excuse) return tell(findings, field, 'exempt', excuse);
  checkHeld(findings, { ...field, column }, { steps, last: edits.at(-1) });
}

type Held = { readonly steps: readonly Step[]; readonly last: Step | undefined };

function checkHeld(findings: Findings, field: Last & { readonly column: string }, held: Held): void {
  const { pair, mapping, column } = field;
  const { steps, last } = held;
  const dynamics = canonicalValue(mapping, pair.row.fields[column]);
  const marketo = canonicalValue(mapping, pair.person.fields[mapping.marketo]);
  if (dynamics !== marketo) return tell(findings, field, 'differences', 'the sides differ after quiet');
  if (last && last.after !== dynamics && !isSuperseded(field, steps, last))
    tell(findings, field, mapping.optOut ? 'optOutsLost' : 'lost', 'the edit that counts is not visible');
}

/** Only Marketo was edited, and what the present column holds nobody has read: the row is as it was. */
function isUnread(history: History, { group, mapping }: Last, edits: readonly Step[]): boolean {
  const sinceMs = history.ruledSinceMs ?? 0;
  const isRead = group.rowStates.some(({ at }) => Date.parse(at) > sinceMs);

  return (
    !isRead && wasElsewhere(history, mapping, group.table) && edits.every(({ side }) => side === 'marketo')
  );
}

/** Another side said something else since the rules are in force, or the loser is recorded. */
function isSuperseded({ conflicts, mapping }: Last, steps: readonly Step[], last: Step): boolean {
  const isRecorded = conflicts.some(
    ({ field, loserValue }) => field === mapping.field && canonicalValue(mapping, loserValue) === last.after,
  );

  return isRecorded || steps.some((step) => step.human && step.atMs > last.atMs);
}

type Edited = {
  readonly history: History;
  readonly steps: readonly Step[];
  readonly edits: readonly Step[];
};

function excuseOf(field: Last, { history, steps, edits }: Edited): string | null {
  const { pair } = field;
  if (edits.length === 0) return 'rules-changed';
  if (isUnread(history, field, edits)) return 'column-not-read-yet';
  if (edits.some((step) => step.side === 'marketo' && step.recordId !== pair.person.id))
    return 'deleted-with-its-person';
  if (edits.some((step) => isReturned(steps, step, pair.publishedVersions)))
    return 'returned-to-former-value';

  return excuseByRules(field);
}

function excuseByRules({ group, pair, mapping }: Last): string | null {
  if (isClosedLead(pair)) return 'lead-closed';
  if (writeOf(group.rules, mapping) !== 'always') return 'rules-changed-to-once-or-blanks';

  return authorityOf(group.rules, group.table, mapping) === 'review' ? 'rules-changed-to-review' : null;
}

function tell(
  findings: Findings,
  { group, mapping }: ChangedCase,
  kind: keyof Findings,
  reason: string,
): void {
  findings[kind].push({ what: mapping.field, ids: [group.rowId, ...group.personIds], reason });
}
