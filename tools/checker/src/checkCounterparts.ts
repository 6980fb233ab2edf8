import type { Conflict } from '@lockstep/change-events';
import { absenceExcuse } from './absenceExcuse.ts';
import { addressesOf } from './addressIn.ts';
import { canonicalValue } from './canonicalValue.ts';
import { checkRevivals, linkedAtMs } from './checkRevivals.ts';
import type { FinalRecord, History, StateEntry } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { isMade } from './madeRows.ts';
import { qualifiedAtMs } from './qualified.ts';
import { deletedAtMs, isOurs, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

/** A look-up and the creation after it are two calls; who appears in between is not seen. */
const raceMs = 10_000;

/** Invariant 4 and 6 for one row: exactly one person where the rules demand one, else none. */
export function checkCounterpart(
  findings: Findings,
  history: IndexedHistory,
  { group, conflicts }: { group: Group; conflicts: readonly Conflict[] },
): void {
  const { persons } = group;
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
  // The lead that a contact was made of may still be there.
  const unwanted = isRowGone(group)
    ? rules.deletedInDynamics === 'delete' && qualifiedAtMs(rowStates) === null
    : rules.whenFilteredOut === 'remove' && isFiltered(rowStates, rules);
  if (unwanted)
    findings.unexpected.push({ what: table, ids, reason: 'a person is there that the rules delete' });
}

/** Who was linked, and by what right. */
function checkLinks(findings: Findings, history: IndexedHistory, group: Group): void {
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
  history: IndexedHistory,
  { group, first, ids }: { group: Group; first: StateEntry; ids: readonly string[] },
): void {
  // What was parted from its person gets one that is looked up by our key alone.
  if (isOurs(first) && history.matchByEmail && group.partedIds.length === 0)
    checkMatch(findings, history, first);
  if (first.actorKind === 'human' && !history.matchByEmail && !isMade(group.rowStates))
    findings.unexpected.push({ what: 'link', ids, reason: 'a person was linked though matching is off' });
}

/** A person was made although exactly one free person with the address was there. */
function checkMatch(findings: Findings, { index }: IndexedHistory, made: StateEntry): void {
  const [email] = addressesOf([made], 'email');
  if (email === undefined) return;
  const madeMs = Date.parse(made.at);
  const beforeMs = madeMs - raceMs;
  const statesOf = (id: string): readonly StateEntry[] => index.personStates.get(id) ?? [];
  const everHeld = [...(index.personIdsAt.get(email) ?? [])];
  const holders = everHeld.filter((id) => isHolder(statesOf(id), email, beforeMs));
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) return;
  if (!hasMoved(statesOf(holder), { beforeMs, untilMs: madeMs }))
    findings.doubled.push({
      what: 'person',
      ids: [made.id, holder],
      reason: 'a second person was made for an address',
    });
}

/** Somebody who was there at that time, with that address. */
function isHolder(states: readonly StateEntry[], email: string, atMs: number): boolean {
  const until = states.filter((state) => Date.parse(state.at) <= atMs);
  const address = until.findLast((state) => 'email' in state.changed);
  const isLive = until.at(-1)?.operation !== 'delete';
  return isLive && address !== undefined && addressesOf([address], 'email').includes(email);
}

function hasMoved(
  states: readonly StateEntry[],
  { beforeMs, untilMs }: { beforeMs: number; untilMs: number },
): boolean {
  const between = states.filter(({ at }) => Date.parse(at) > beforeMs && Date.parse(at) <= untilMs);
  return between.some(({ changed, operation }) => 'email' in changed || operation === 'delete');
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
  const { rules, rowStates } = group;
  const [isOut, isGone] = [isFiltered(rowStates, rules), isRowGone(group)];
  const { whenFilteredOut: told } = rules;
  const flag = typeof told === 'object' && !isGone ? { [told.flag]: isOut } : {};
  if (isOut && !isGone) return flag;
  return { ...flag, ...linkOf(group, isGone), crmIsDeleted: isGone && rules.deletedInDynamics !== 'keep' };
}

/** A contact may be gone before its person hears of it: then nothing is told but that. */
function linkOf({ table, rowId, rowStates }: Group, isGone: boolean): Readonly<Record<string, string>> {
  if (isGone && qualifiedAtMs(rowStates) !== null) return {};
  return { crmType: table === 'contact' ? 'Contact' : 'Lead', crmId: rowId };
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
