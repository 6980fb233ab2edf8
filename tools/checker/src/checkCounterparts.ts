import type { Conflict } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue, isBlankValue } from './canonicalValue.ts';
import { addressesOf, isAmbiguous } from './ambiguousAddress.ts';
import { goesWithAddress } from './checkConsents.ts';
import { isFiltered, wasFiltered, writeOf } from './expectedRules.ts';
import type { FinalRecord, History, StateEntry } from './history.ts';
import type { Parting } from './partPersons.ts';
import { deletedAtMs, maySpeak, stepsOf, type Group, type Step } from './timeline.ts';
import type { Findings } from './verdict.ts';

/** A look-up and the creation after it are two calls; who appears in between is not seen. */
const raceMs = 10_000;

/** Within this time of its creation we may not know of a person yet: the answer is on its way, or lost. */
const unansweredMs = 30_000;
/** Within this time a lost answer is settled; an edit meanwhile has somebody made. */
const lostMs = 300_000;

/** Invariant 4 and 6 for one row: exactly one person where the rules demand one, else none. */
export function checkCounterpart(
  findings: Findings,
  history: History,
  { group, conflicts }: { group: Group; conflicts: readonly Conflict[] },
): void {
  const persons = history.marketo.persons.filter((person) => group.personIds.includes(person.id));
  const ids = [group.rowId, ...persons.map((person) => person.id)];
  const what = group.table;
  if (persons.length > 1) findings.doubled.push({ what, ids, reason: 'a row has several persons' });
  checkLinks(findings, history, group);
  checkRevivals(findings, history, group);
  if (persons.length > 0) return checkWanted(findings, group, ids);
  if (isRowGone(group)) return;
  const excuse = absenceExcuse(history, group, conflicts);
  if (excuse) findings.exempt.push({ what, ids, reason: excuse });
  else findings.missing.push({ what, ids, reason: 'a row has no person' });
}

const isRowGone = ({ rowStates, rowId }: Group): boolean => deletedAtMs(rowStates, rowId) !== null;

/** The rules let the row have a person (G-08, G-09). */
function checkWanted(findings: Findings, group: Group, ids: readonly string[]): void {
  const { rules, rowStates, table } = group;
  const unwanted = isRowGone(group)
    ? rules.deletedInDynamics === 'delete'
    : rules.whenFilteredOut === 'remove' && isFiltered(rowStates, rules);
  if (unwanted)
    findings.unexpected.push({ what: table, ids, reason: 'a person is there that the rules delete' });
}

type Removed = { readonly history: History; readonly partings: readonly Parting[] };

/** Invariant 6: we delete a person only of a row that is gone, or that stayed out, where the rules say so. */
export function checkRemovals(
  findings: Findings,
  groups: readonly Group[],
  { history, partings }: Removed,
): void {
  const isParting = ({ id, at }: StateEntry): boolean =>
    partings.some(({ personId, atMs }) => atMs === Date.parse(at) && id.split('/')[0] === personId);
  const removals = history.marketo.states.filter((state) => state.operation === 'delete' && isOurs(state));
  for (const removal of removals.filter((state) => !isParting(state))) {
    const owners = groups.filter(({ personStates }) => personStates.some(({ id }) => id === removal.id));
    if (!owners.some((group) => mayRemove(group, Date.parse(removal.at))))
      findings.unexpected.push({
        ...{ what: 'person', ids: [removal.id], reason: 'a person was deleted without a rule' },
      });
  }
}

const isOurs = ({ actorKind }: StateEntry): boolean => actorKind === 'application';

function mayRemove({ rules, rowStates, rowId }: Group, atMs: number): boolean {
  const until = rowStates.filter((state) => Date.parse(state.at) <= atMs);
  if (deletedAtMs(until, rowId) !== null && rules.deletedInDynamics === 'delete') return true;
  return rules.whenFilteredOut === 'remove' && wasFiltered(until, rules);
}

/** Why a row rightly has no person; null when it should have one. */
function absenceExcuse(history: History, group: Group, conflicts: readonly Conflict[]): string | null {
  if (isFiltered(group.rowStates, group.rules)) return 'filter-no';
  if (history.matchByEmail && isAmbiguous(history, group)) return 'ambiguous-email';
  return isRightlyGone(history, group, conflicts) ? 'deleted-in-marketo' : null;
}

/** Its last person was deleted, by nobody of us, and nothing since asks for another one. */
function isRightlyGone({ mapping }: History, group: Group, conflicts: readonly Conflict[]): boolean {
  const last = group.personIds.at(-1);
  const staysDeleted = group.rules.deletedInMarketo === 'stay-deleted';
  // Whoever was matched to it may be gone before the link was written.
  if (last === undefined) return staysDeleted && group.personStates.length > 0;
  if (staysDeleted || isRemoved(group, last)) return !isRemoved(group, last);
  const sinceMs = deletedAtMs(group.personStates, last);
  const spoken = mapping.filter((row) => maySpeak('dynamics', row) && mayAsk(group, row));
  return sinceMs === null || !spoken.some((row) => isNews(group, row, { sinceMs, conflicts }));
}

/** We deleted the person, or an operator parted it from its row. */
function isRemoved({ personStates, partedIds }: Group, id: string): boolean {
  const last = personStates.findLast((state) => state.id === id);
  const isParted = partedIds.some((partedId) => partedId.startsWith(`${id.split('/')[0]}/`));
  return isParted || (last?.operation === 'delete' && isOurs(last));
}

/** Where a value may not simply be changed an edit asks for nobody. */
const mayAsk = ({ rules }: Group, row: MappingRow): boolean => writeOf(rules, row) === 'always';

/** Dynamics gave a field another value than its person had last or was given last; an edit that lost a conflict is recorded and asks for nothing. */
function isNews(
  group: Group,
  mapping: MappingRow,
  { sinceMs, conflicts }: { sinceMs: number; conflicts: readonly Conflict[] },
): boolean {
  const steps = stepsOf(group, mapping);
  const held = steps.findLast((step) => step.side === 'marketo');
  const edit = steps.findLast((step) => step.side === 'dynamics' && step.human);
  const written = steps.findLast((step) => step.side === 'marketo' && !step.human);
  if (!edit || edit.atMs <= sinceMs) return false;
  if (hasLost(conflicts, mapping, edit) || isTakenBack(steps, mapping, edit)) return false;
  if (written ? written.after === edit.after : isBlankValue(edit.after)) return false;
  return held ? held.after !== edit.after : !isBlankValue(edit.after);
}

/** The opt-out of its address came back to the row. */
const isTakenBack = (steps: readonly Step[], mapping: MappingRow, edit: Step): boolean =>
  goesWithAddress(mapping) && steps.findLast(({ side }) => side === 'dynamics')?.after !== edit.after;

function hasLost(conflicts: readonly Conflict[], mapping: MappingRow, step: Step): boolean {
  return conflicts.some(
    ({ field, loserValue }) => field === mapping.field && canonicalValue(mapping, loserValue) === step.after,
  );
}

function linkedAtMs({ personStates, rowId }: Group, id: string): number {
  const linking = personStates.find((state) => state.id === id && state.changed['crmId']?.after === rowId);
  return Date.parse(linking?.at ?? '');
}

/** Who was linked, and by what right. */
function checkLinks(findings: Findings, history: History, group: Group): void {
  for (const id of group.personIds) {
    const first = group.personStates.find((state) => state.id === id);
    const ids = [group.rowId, id];
    if (first) checkRight(findings, history, { group, first, ids });
    const linkedMs = linkedAtMs(group, id);
    const until = group.rowStates.filter((state) => Date.parse(state.at) <= linkedMs);
    if (until.length > 0 && until.every((_, at) => isFiltered(until.slice(0, at + 1), group.rules)))
      findings.unexpected.push({
        what: 'link',
        ids,
        reason: 'a row whose filter never allowed it was linked',
      });
  }
}

/** Persons that people made are linked by matching only; persons that we made must have had nobody to match. */
function checkRight(
  findings: Findings,
  history: History,
  { group, first, ids }: { group: Group; first: StateEntry; ids: readonly string[] },
): void {
  // What was parted from its person gets one that is looked up by our key alone.
  if (isOurs(first) && history.matchByEmail && group.partedIds.length === 0)
    checkMatch(findings, history, first);
  if (first.actorKind === 'human' && !history.matchByEmail)
    findings.unexpected.push({ what: 'link', ids, reason: 'a person was linked though matching is off' });
}

/** A person was made although exactly one free person with the address was there. */
function checkMatch(findings: Findings, history: History, made: StateEntry): void {
  const [email] = addressesOf([made], 'email');
  if (email === undefined) return;
  const beforeMs = Date.parse(made.at) - raceMs;
  const before = history.marketo.states.filter((state) => Date.parse(state.at) <= beforeMs);
  const holders = [...new Set(before.map(({ id }) => id))].filter((id) => {
    const states = before.filter((state) => state.id === id);
    const address = states.findLast((state) => 'email' in state.changed);
    const isLive = states.at(-1)?.operation !== 'delete';
    return isLive && address !== undefined && addressesOf([address], 'email').includes(email);
  });
  const [holder] = holders;
  const stayed =
    holder !== undefined && !changedSince(history, holder, { beforeMs, untilMs: Date.parse(made.at) });
  if (holders.length === 1 && stayed)
    findings.doubled.push({
      what: 'person',
      ids: [made.id, holder],
      reason: 'a second person was made for an address',
    });
}

function changedSince(
  history: History,
  id: string,
  { beforeMs, untilMs }: { beforeMs: number; untilMs: number },
): boolean {
  return history.marketo.states.some((state) => {
    const atMs = Date.parse(state.at);
    return (
      state.id === id &&
      atMs > beforeMs &&
      atMs <= untilMs &&
      ('email' in state.changed || state.operation === 'delete')
    );
  });
}

/**
 * A deleted person comes back only when its row was edited and that edit had not reached it (F-31), and where the rules let it; one that we
 * deleted comes back with its row.
 */
function checkRevivals(findings: Findings, { mapping }: History, group: Group): void {
  group.personIds.slice(1).forEach((id, index) => {
    const former = group.personIds[index] ?? '';
    const formerMs = deletedAtMs(group.personStates, former);
    const madeMs = linkedAtMs(group, id);
    const edits = mapping
      .filter((row) => maySpeak('dynamics', row))
      .flatMap((row) => unlandedEdits(stepsOf(group, row), former, madeMs));
    const isAllowed = edits.length > 0 && group.rules.deletedInMarketo !== 'stay-deleted';
    if (formerMs === null || isAllowed || wasRemoved(group, former)) return;
    const ids = [group.rowId, former, id];
    if (isUnknown(group, former, edits.length > 0 ? lostMs : unansweredMs))
      return void findings.exempt.push({ what: group.table, ids, reason: 'unknown-when-deleted' });
    findings.revived.push({ what: group.table, ids, reason: 'a deleted person came back without an edit' });
  });
}

/** Also of a row that stayed out: who was first to delete its person cannot be told. */
function wasRemoved(group: Group, id: string): boolean {
  const { rules, rowStates } = group;
  return isRemoved(group, id) || (rules.whenFilteredOut === 'remove' && wasFiltered(rowStates, rules));
}

/** A person that we made and somebody deleted while its creation had no answer: it cannot be found by our key any more. */
function isUnknown({ personStates }: Group, id: string, withinMs: number): boolean {
  const [made, ...later] = personStates.filter((state) => state.id === id);
  const gone = later.at(-1);
  if (!made || !isOurs(made) || gone?.operation !== 'delete' || later.some(isOurs)) return false;
  return Date.parse(gone.at) - Date.parse(made.at) < withinMs;
}

function unlandedEdits(steps: readonly Step[], personId: string, untilMs: number): Step[] {
  const edits = steps.filter((step) => step.side === 'dynamics' && step.human && step.atMs <= untilMs);
  return edits.filter(
    (edit) =>
      !steps.some(
        (step) =>
          step.recordId === personId && !step.human && step.after === edit.after && step.atMs > edit.atMs,
      ),
  );
}

/** The mirror fields of a linked person (F-29, F-45) and one golden id per person. */
export function checkMirror(findings: Findings, group: Group, person: FinalRecord): void {
  for (const [name, value] of Object.entries(mirrorOf(group))) {
    const held = canonicalValue(
      { type: typeof value === 'boolean' ? 'boolean' : 'string' },
      person.fields[name],
    );
    if (held !== value)
      findings.differences.push({
        what: name,
        ids: [group.rowId, person.id],
        reason: 'the mirror field is wrong',
      });
  }
}

/** Of a row that stays out only the flag is told, where the rules name one. */
function mirrorOf(group: Group): Readonly<Record<string, string | boolean>> {
  const { rules, rowStates, table, rowId } = group;
  const [isOut, isGone] = [isFiltered(rowStates, rules), isRowGone(group)];
  const { whenFilteredOut: told } = rules;
  const flag = typeof told === 'object' && !isGone ? { [told.flag]: isOut } : {};
  if (isOut && !isGone) return flag;
  return {
    ...flag,
    crmType: table === 'contact' ? 'Contact' : 'Lead',
    crmId: rowId,
    crmIsDeleted: isGone && rules.deletedInDynamics !== 'keep',
  };
}

/** Invariant 4: every golden id belongs to one live person. */
export function checkGoldenIds(findings: Findings, { marketo }: History): void {
  const owners = new Map<string, string>();
  for (const { id, fields } of marketo.persons) {
    const goldenId = fields['lockstepId'];
    if (typeof goldenId !== 'string' || goldenId === '') continue;
    const owner = owners.get(goldenId);
    if (owner)
      findings.doubled.push({
        what: 'lockstepId',
        ids: [owner, id],
        reason: 'two persons have one golden id',
      });
    owners.set(goldenId, id);
  }
}
