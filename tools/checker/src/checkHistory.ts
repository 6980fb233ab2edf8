import type { Conflict } from '@lockstep/change-events';
import { checkCounterpart, checkGoldenIds, checkMirror } from './checkCounterparts.ts';
import { checkAddresses, checkConsent, circlesOf, goesWithAddress, type Circle } from './checkConsents.ts';
import { checkEnds, isEnding } from './checkEnds.ts';
import { checkField, type Pair } from './checkFields.ts';
import { checkMerged, isMerged } from './checkMerged.ts';
import { checkParted } from './checkParted.ts';
import { checkRemovals } from './checkRemovals.ts';
import { checkStored } from './checkStored.ts';
import { checkTopics } from './checkTopics.ts';
import { checkWritePolicy } from './checkWritePolicy.ts';
import { checkFrozenRow, checkWrites } from './checkWrites.ts';
import { writeOf } from './expectedRules.ts';
import type { FinalRecord, History } from './history.ts';
import { indexHistory, type IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { partPersons } from './partPersons.ts';
import { publishedVersions } from './publishedVersions.ts';
import { groupsOf, stepsOf, type Group } from './timeline.ts';
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
  const { history: parted, partings } = partPersons(whole);
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
  checkParted(known.findings, history, partings);
  checkTopics(known.findings, whole);
  if (history.stored) checkStored(known.findings, history.stored);
  const clean = findingKinds.every((kind) => known.findings[kind].length === 0);
  return { ...known.findings, ...counts(history), linkedPairs, clean };
}

/** Answers the number of pairs: 1 for a row that is there and has its person. */
function checkGroup(known: Known, group: Group, versions: ReadonlySet<number>): number {
  const { history, findings, conflicts } = known;
  const { row } = group;
  const [person] = group.persons;
  const recorded = conflicts.get(group.rowId) ?? [];
  if (isMerged(history, group)) {
    checkMerged(findings, history, group);
    return 0;
  }
  checkCounterpart(findings, history, { group, conflicts: recorded });
  checkFrozenRow(findings, group);
  checkEnds(findings, history, { group, conflicts: recorded });
  const pair =
    row && person ? { group, row, person, conflicts: recorded, publishedVersions: versions } : null;
  const frozen = isFiltered(group.rowStates, group.rules);
  checkEachField(known, { group, pair: frozen ? null : pair, conflicts: recorded });
  if (person) checkPerson(findings, group, { person, frozen, isThere: row !== null });
  return pair ? 1 : 0;
}

/** Writes of every field, and, where both sides are there and may differ in nothing, what they hold. */
function checkEachField(
  { findings, history, circles, pairs }: Known,
  { group, pair, conflicts }: { group: Group; pair: Pair | null; conflicts: readonly Conflict[] },
): void {
  if (pair) pairs.push(pair);
  for (const mapping of history.mapping.filter(({ columns }) => columns[group.table] !== undefined)) {
    const circle = circles.get(group);
    if (circle && goesWithAddress(mapping)) {
      checkConsent(findings, { group, circle, pair }, mapping);
      continue;
    }
    const steps = stepsOf(group, mapping).filter((step) => !isEnding(mapping.columns[group.table], step));
    if (writeOf(group.rules, mapping) !== 'always') {
      checkWritePolicy(findings, { group, mapping, steps, conflicts, pair });
      continue;
    }
    checkWrites(findings, group, { mapping, steps, conflicts });
    if (pair) checkField(findings, pair, { mapping, steps, reviewed: history.reviewed ?? false });
  }
}

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

/** Recorded conflicts by row of Dynamics; those of an alias count for whom it joined. */
function conflictsByRow({ golden }: History): Map<string, Conflict[]> {
  const found = new Map<string, Map<string, Conflict>>();
  for (const event of golden) {
    for (const row of event.rows) {
      if (row.system !== 'dynamics') continue;
      const list = found.get(row.id) ?? new Map<string, Conflict>();
      for (const conflict of event.conflicts) list.set(JSON.stringify(conflict), conflict);
      found.set(row.id, list);
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
