import type { Conflict } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { isChanged, isDisputed } from './changedRules.ts';
import { checkAccounts } from './checkAccounts.ts';
import { checkChangedField } from './checkChangedField.ts';
import { checkDisputed } from './checkDisputed.ts';
import { checkCounterpart, checkGoldenIds, checkMirror } from './checkCounterparts.ts';
import { checkAddresses, checkConsent, circlesOf, goesWithAddress, type Circle } from './checkConsents.ts';
import { checkCreations } from './checkCreations.ts';
import { checkEnds, isEnding } from './checkEnds.ts';
import { checkField, isClosedLead, type Pair } from './checkFields.ts';
import { checkMerged, isMerged } from './checkMerged.ts';
import { checkParted } from './checkParted.ts';
import { checkRemovals } from './checkRemovals.ts';
import { checkRequests } from './checkRequests.ts';
import { checkStored } from './checkStored.ts';
import { checkTopics } from './checkTopics.ts';
import { checkWritePolicy } from './checkWritePolicy.ts';
import { checkFrozenRow, checkWrites } from './checkWrites.ts';
import { writeOf } from './expectedRules.ts';
import type { FinalRecord, History } from './history.ts';
import { indexHistory, type IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { joinSuccessors } from './joinSuccessors.ts';
import { isMade, isOfParted, madeFor } from './madeRows.ts';
import { partPersons } from './partPersons.ts';
import { publishedVersions } from './publishedVersions.ts';
import { isLeftBehind, mayLeadSpeak } from './qualified.ts';
import { groupsOf, maySpeak, stepsOf, type Group } from './timeline.ts';
import { findingKinds, noFindings, type Findings, type Verdict } from './verdict.ts';

type Known = {
  readonly history: IndexedHistory;
  readonly findings: Findings;
  readonly conflicts: ReadonlyMap<string, readonly Conflict[]>;
  /** Of groups that share an address. */
  readonly circles: ReadonlyMap<Group, Circle>;
  /** Pairs that may differ in nothing. */
  readonly pairs: Pair[];
};

/**
 * Decides the invariants of design section 6 from both sides' own logs and the topics. Pairs are what the sides say
 * (a person's crmId names its row); what MongoDB holds is only compared with the topics and searched for open work.
 */
export function checkHistory(whole: History): Verdict {
  const { history: parted, partings } = partPersons(joinSuccessors(whole));
  const history = indexHistory(parted);
  const groups = groupsOf(history, partings);
  const known: Known = {
    ...{ history, findings: noFindings(), conflicts: conflictsByRow(history) },
    ...{ circles: circlesOf(history, groups), pairs: [] },
  };
  const published = publishedVersions(history);
  let linkedPairs = 0;
  for (const group of groups) {
    const versions = published?.get(`${group.table}/${group.rowId}`) ?? new Set<number>();
    linkedPairs += checkGroup(known, group, versions);
  }
  for (const mapping of history.mapping.filter(goesWithAddress))
    checkAddresses(known.findings, known.pairs, mapping);
  checkGoldenIds(known.findings, history);
  checkRemovals(known.findings, groups, { history, partings });
  checkAccounts(known.findings, history, groups);
  checkParted(known.findings, history, partings);
  checkTopics(known.findings, whole);
  checkCreations(known.findings, whole);
  checkRequests(known.findings, whole);
  if (history.stored) checkStored(known.findings, history.stored);
  const clean = findingKinds.every((kind) => known.findings[kind].length === 0);
  return { ...known.findings, ...counts(history), linkedPairs, clean };
}

/** Answers the number of pairs: 1 for a row that is there and has its person. */
function checkGroup(known: Known, group: Group, versions: ReadonlySet<number>): number {
  const { history, findings, conflicts } = known;
  const recorded = conflicts.get(group.rowId) ?? [];
  const excuse = unjudged(history, group);
  if (excuse) {
    exempt(findings, group, excuse);
    return 0;
  }
  if (isMerged(history, group)) {
    checkMerged(findings, history, group);
    return 0;
  }
  if (isDisputed(history, group.rowStates)) {
    checkDisputed(findings, history, {
      ...{ group, conflicts: recorded, pair: pairOf(group, recorded, versions) },
      circle: known.circles.get(group),
    });
    return 0;
  }
  checkCounterpart(findings, history, { group, conflicts: recorded });
  checkFrozenRow(findings, group);
  checkEnds(findings, history, { group, conflicts: recorded });
  const pair = pairOf(group, recorded, versions);
  const frozen = isFiltered(group.rowStates, group.rules);
  checkEachField(known, { group, pair: frozen ? null : pair, conflicts: recorded });
  const [person] = group.persons;
  if (person) checkPerson(findings, group, { person, frozen, isThere: group.row !== null });
  return pair ? 1 : 0;
}

/** Why nobody can tell from outside what is right. */
function unjudged(history: History, group: Group): string | null {
  if (mayLeadSpeak(group)) return 'contact-kept-out';
  const isOf = isMade(group.rowStates) && isOfParted(history, madeFor(history, group.rowId) ?? '');

  return isOf ? 'made-for-a-parted-person' : null;
}

function pairOf(
  group: Group,
  conflicts: readonly Conflict[],
  publishedVersions: ReadonlySet<number>,
): Pair | null {
  const [row, person] = [group.row, group.persons[0]];
  return row && person ? { group, row, person, conflicts, publishedVersions } : null;
}

type FieldsCase = {
  readonly group: Group;
  readonly pair: Pair | null;
  readonly conflicts: readonly Conflict[];
};

/** Writes of every field, and, where both sides are there and may differ in nothing, what they hold. */
function checkEachField(known: Known, fields: FieldsCase): void {
  const { group, pair } = fields;
  const open = pair && !isClosedLead(pair) ? pair : null;
  if (open) known.pairs.push(open);
  for (const mapping of known.history.mapping) {
    const column = mapping.columns[group.table];
    if (column === undefined) continue;
    if (isLeftBehind(group.rowStates, column)) exempt(known.findings, group, 'blank-in-a-contact');
    else checkOneField(known, { ...fields, open }, mapping);
  }
}

/** `open`: the pair where its row takes what it is given. */
function checkOneField(
  { findings, history, circles }: Known,
  { group, pair, open, conflicts }: FieldsCase & { readonly open: Pair | null },
  mapping: MappingRow,
): void {
  if (isChanged(history, mapping))
    return checkChangedField(findings, history, { group, mapping, conflicts, pair: open });
  const circle = circles.get(group);
  if (circle && goesWithAddress(mapping))
    return checkConsent(findings, { group, circle, pair: open }, mapping);
  const isOfOther = isWrittenByOther(history, mapping, group.table);
  const steps = stepsOf(group, mapping).filter(
    (step) =>
      !isEnding(mapping.columns[group.table], step) &&
      !(isOfOther && step.side === 'dynamics' && !step.human),
  );
  if (writeOf(group.rules, mapping) !== 'always')
    return checkWritePolicy(findings, { group, mapping, steps, conflicts, pair: open });
  checkWrites(findings, group, { mapping, steps, conflicts });
  if (pair) checkField(findings, pair, { mapping, steps, reviewed: history.reviewed ?? false });
}

/** Of two fields of one column, what is written there is judged for the one that may be. */
const isWrittenByOther = ({ mapping: all }: History, mapping: MappingRow, table: string): boolean =>
  !maySpeak('marketo', mapping) &&
  all.some((other) => other.columns[table] === mapping.columns[table] && maySpeak('marketo', other));

/** A person whose row is gone or filtered keeps its values: its fields are exempt. */
function checkPerson(
  findings: Findings,
  group: Group,
  { person, frozen, isThere }: { person: FinalRecord; frozen: boolean; isThere: boolean },
): void {
  checkMirror(findings, group, person);
  if (frozen || !isThere) exempt(findings, group, isThere ? 'filter-no' : 'deleted-in-dynamics');
}

function exempt(findings: Findings, group: Group, reason: string): void {
  findings.exempt.push({ what: group.table, ids: [group.rowId, ...group.personIds], reason });
}

/** Recorded conflicts by row of Dynamics, also those of a person before it had one; those of an alias count for whom it joined. */
function conflictsByRow({ golden }: History): Map<string, Conflict[]> {
  const found = new Map<string, Map<string, Conflict>>();
  const before = new Map<string, Conflict[]>();
  for (const { goldenId, rows, conflicts } of golden) {
    const ids = rows.flatMap(({ system, id }) => (system === 'dynamics' ? [id] : []));
    const earlier = before.get(goldenId) ?? [];
    if (ids.length === 0) before.set(goldenId, [...earlier, ...conflicts]);
    for (const id of ids) {
      const list = found.get(id) ?? new Map<string, Conflict>();
      for (const conflict of [...earlier, ...conflicts]) list.set(JSON.stringify(conflict), conflict);
      found.set(id, list);
    }
  }
  return new Map([...found].map(([id, list]) => [id, [...list.values()]]));
}

function counts({ dynamics, marketo, golden }: History): Pick<Verdict, 'edits' | 'conflicts'> {
  const human = [...dynamics.states, ...marketo.states].filter((state) => state.actorKind === 'human');
  const edits = human.reduce(
    (sum, { operation, changed }) => sum + (operation === 'update' ? Object.keys(changed).length : 1),
    0,
  );
  const conflicts = new Set(
    golden.flatMap((event) => event.conflicts.map((conflict) => JSON.stringify([event.goldenId, conflict]))),
  );
  return { edits, conflicts: conflicts.size };
}
