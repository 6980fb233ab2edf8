import Table from 'cli-table3';
import type { Kill, LaneReport } from './killLane.ts';
import { killPhases, type KillPhase, type KillPlan } from './killPlan.ts';

export type PhaseOfKills = {
  readonly kills: number;
  /** Milliseconds; null without a kill. */
  readonly takeoverMsP50: number | null;
  readonly takeoverMsMax: number | null;
};

/** What the lanes found, added up. The lists name what breaks a rule. */
export type KillReport = Omit<LaneReport, 'kills'> & {
  readonly plan: KillPlan;
  readonly seconds: number;
  readonly kills: readonly Kill[];
  readonly phases: Readonly<Record<KillPhase, PhaseOfKills>>;
};

/** The bar of a takeover (design section 2, Who is active). */
const takeoverMsBar = 15_000;

export function toKillReport(plan: KillPlan, lanes: readonly LaneReport[], seconds: number): KillReport {
  const kills = lanes.flatMap((lane) => lane.kills);
  const all = <Item>(of: (lane: LaneReport) => readonly Item[]): readonly Item[] => lanes.flatMap(of);
  const sum = (of: (lane: LaneReport) => number): number =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  const editKinds = [...new Set(all(({ edits }) => Object.keys(edits)))];
  return {
    ...{ plan, seconds, kills },
    phases: Object.fromEntries(
      killPhases.map((phase) => [phase, phaseOf(kills.filter((kill) => kill.phase === phase))]),
    ) as Record<KillPhase, PhaseOfKills>,
    edits: Object.fromEntries(editKinds.map((kind) => [kind, sum(({ edits }) => edits[kind] ?? 0)])),
    rows: sum(({ rows }) => rows),
    messages: sum(({ messages }) => messages),
    missing: all(({ missing }) => missing),
    undeleted: all(({ undeleted }) => undeleted),
    aborted: all(({ aborted }) => aborted),
    pageNumbersTwice: all(({ pageNumbersTwice }) => pageNumbersTwice),
    pagesFetchedAgain: sum(({ pagesFetchedAgain }) => pagesFetchedAgain),
  };
}

function phaseOf(kills: readonly Kill[]): PhaseOfKills {
  const sorted = kills.map(({ takeoverMs }) => takeoverMs).toSorted((left, right) => left - right);
  return {
    kills: kills.length,
    takeoverMsP50: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
    takeoverMsMax: sorted.at(-1) ?? null,
  };
}

/** The rules about what a topic holds that are broken; empty when none is. */
export function brokenRules(report: KillReport): readonly string[] {
  const { kills, phases, pagesFetchedAgain } = report;
  return [
    ...Object.entries(listsOf(report)).flatMap(([rule, { length }]) =>
      length > 0 ? [`${length} ${rule}`] : [],
    ),
    ...(pagesFetchedAgain > kills.length ? [`${pagesFetchedAgain} pages fetched again`] : []),
    ...killPhases.flatMap((phase) => (phases[phase].kills === 0 ? [`no kill during ${phase}`] : [])),
  ];
}

/** The takeovers that took longer than 15 s, with the load of the machine, which can be the cause. */
export const lateTakeovers = ({ kills }: KillReport): readonly string[] =>
  kills
    .filter(({ takeoverMs }) => takeoverMs > takeoverMsBar)
    .map(({ phase, takeoverMs, load }) => `takeover after ${takeoverMs} ms (${phase}, load ${load})`);

const listsOf = ({ missing, undeleted, aborted, pageNumbersTwice }: KillReport) => ({
  'rows whose latest version is missing': missing,
  'deletes that are missing': undeleted,
  'aborted pages that can be read': aborted,
  'page numbers used twice': pageNumbersTwice,
});

export function toKillTable(report: KillReport): string {
  const style = { head: [], border: [] };
  const columns = { head: ['killed during', 'kills', 'takeover p50, ms', 'takeover max, ms'], style };
  const byPhase = new Table({ ...columns, colAligns: ['left', 'right', 'right', 'right'] });
  for (const [name, { kills, takeoverMsP50, takeoverMsMax }] of Object.entries(report.phases))
    byPhase.push([name, kills, takeoverMsP50 ?? '-', takeoverMsMax ?? '-']);
  const rules = new Table({ head: ['rule broken by', 'count'], colAligns: ['left', 'right'], style });
  for (const [rule, { length }] of Object.entries(listsOf(report))) rules.push([rule, length]);
  rules.push([`pages fetched again (${report.kills.length} allowed)`, report.pagesFetchedAgain]);
  const { rows, messages, edits, seconds } = report;
  const changes = Object.entries(edits).map(([kind, count]) => `${count} ${kind}`);
  const load = Math.max(...report.kills.map((kill) => kill.load));
  const summary = `${rows} rows, ${messages} messages, ${changes.join(', ')}, ${seconds} s, load up to ${load}`;
  return [byPhase.toString(), rules.toString(), summary].join('\n');
}
