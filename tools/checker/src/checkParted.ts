import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import { goesWithAddress } from './checkConsents.ts';
import type { History, StateEntry } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import type { Parting } from './partPersons.ts';
import type { Findings } from './verdict.ts';

/** Within this time what was on its way when a pair was parted has arrived or never will. */
const onItsWayMs = 200_000;

/** Invariants 4 and 10 for a pair that an operator parted: nothing joins it again, and nothing is written because of it. */
export function checkParted(findings: Findings, history: IndexedHistory, partings: readonly Parting[]): void {
  for (const parting of partings) {
    checkApart(findings, history, parting);
    checkUntouched(findings, history, parting);
  }
}

function checkApart(findings: Findings, { golden }: History, { rowId, personId, atMs }: Parting): void {
  const isBack = golden.some(
    ({ rows, decidedAt }) =>
      Date.parse(decidedAt) > atMs &&
      rows.some(({ id }) => id === rowId) &&
      rows.some(({ system, id }) => system === 'marketo' && id === personId),
  );
  if (isBack)
    findings.unexpected.push({
      what: 'unlink',
      ids: [rowId, personId],
      reason: 'a parted pair is one again',
    });
}

/** The person gets nothing before it is joined to another row, but what was on its way, and a wish of its address. */
function checkUntouched(findings: Findings, history: IndexedHistory, parting: Parting): void {
  const states = history.index.personStates.get(parting.partedId) ?? [];
  const joinedAt = states.findIndex(({ changed }) => changed['crmId'] !== undefined);
  const alone = joinedAt < 0 ? states : states.slice(0, joinedAt);
  for (const state of alone.filter(({ actorKind }) => actorKind === 'application')) {
    const names = Object.keys(state.changed).filter(
      (name) => !isExplained(history, parting, { state, name }),
    );
    if (names.length > 0)
      findings.unexplainedWrites.push({
        what: names.join(),
        ids: [parting.rowId, parting.partedId],
        reason: 'a person was written after it was parted from its row',
      });
  }
}

/** What tells a person whose it is. */
const namesOfPair: ReadonlySet<string> = new Set(['lockstepId', 'crmType']);

function isNameOfPair({ rules = {} }: History, name: string): boolean {
  const { whenFilteredOut: told } = rules;
  return namesOfPair.has(name) || (typeof told === 'object' && told.flag === name);
}

type Change = { readonly state: StateEntry; readonly name: string };

function isExplained(history: IndexedHistory, parting: Parting, { state, name }: Change): boolean {
  const mapping = history.mapping.find(({ marketo }) => marketo === name);
  if (isOfOthers(history, name) || (mapping && goesWithAddress(mapping))) return true;
  if (Date.parse(state.at) - parting.atMs > onItsWayMs) return false;
  if (isNameOfPair(history, name)) return true;
  return mapping !== undefined && isOfRow(history, parting, { mapping, value: state.changed[name]?.after });
}

/** A person shows what its company holds, and is of one for good. */
const isOfOthers = ({ accounts }: History, name: string): boolean =>
  name === 'updatedAt' || (accounts?.companies.some((company) => name in company) ?? false);

type Given = { readonly mapping: MappingRow; readonly value: unknown };

/** The row held the value before it was parted. */
function isOfRow({ index }: IndexedHistory, { rowId, atMs }: Parting, { mapping, value }: Given): boolean {
  const until = (index.rowStates.get(rowId) ?? []).filter(({ at }) => Date.parse(at) <= atMs);
  return until.some(({ table, changed }) => {
    const change = changed[mapping.columns[table] ?? ''];
    return change !== undefined && canonicalValue(mapping, change.after) === canonicalValue(mapping, value);
  });
}
