import Table from 'cli-table3';
import type { DeliveryOutcome } from '@lockstep/change-events';
import {
  findingKinds,
  judgeDeliveries,
  type DeliveryFinding,
  type DeliveryHistory,
} from './judgeDeliveries.ts';
import { faultKinds, type DeliveryPlan } from './planFaults.ts';

/** What came of a run; the findings name what breaks a rule. */
export type DeliveryReport = {
  readonly plan: DeliveryPlan;
  readonly seconds: number;
  /** Faults that were met, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly people: number;
  readonly commands: number;
  /** Commits in Marketo. */
  readonly commits: number;
  /** By result. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly findings: readonly DeliveryFinding[];
};

type Judged = DeliveryHistory & { readonly outcomes: readonly DeliveryOutcome[] };

export function toDeliveryReport(plan: DeliveryPlan, history: Judged, seconds: number): DeliveryReport {
  const { written, commands, outcomes, faults } = history;
  const met = countBy(faults.map(({ kind }) => kind));
  return {
    ...{ plan, seconds },
    faults: Object.fromEntries(faultKinds.map((kind) => [kind, met[kind] ?? 0])),
    people: new Set(written.map(({ personId }) => personId)).size,
    commands: commands.length,
    commits: written.length,
    outcomes: countBy(outcomes.map(({ result }) => result)),
    findings: judgeDeliveries(history),
  };
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const rules: Readonly<Record<(typeof findingKinds)[number], string>> = {
  DOUBLED: 'people who are there twice',
  LOST: 'people without their last revision',
  OLDER: 'older revisions after newer ones',
  UNANSWERED: 'commands without an outcome',
};

export function toDeliveryTable({ faults, findings, ...report }: DeliveryReport): string {
  const style = { head: [], border: [] };
  const byKind = new Table({ head: ['fault', 'met'], colAligns: ['left', 'right'], style });
  for (const [kind, count] of Object.entries(faults)) byKind.push([kind, count]);
  const byRule = new Table({ head: ['rule broken by', 'count'], colAligns: ['left', 'right'], style });
  for (const kind of findingKinds)
    byRule.push([rules[kind], findings.filter((finding) => finding.kind === kind).length]);
  const { people, commands, commits, outcomes, seconds } = report;
  const results = Object.entries(outcomes).map(([result, count]) => `${count} ${result}`);
  const summary = `${people} people, ${commands} commands, ${commits} commits, ${seconds} s`;
  return [byKind.toString(), byRule.toString(), summary, `outcomes: ${results.join(', ')}`].join('\n');
}

/** A line for each finding. */
export const findingLines = ({ findings }: DeliveryReport): readonly string[] =>
  findings.map(
    ({ kind, goldenId, revision, fault }) => `${kind} ${goldenId} revision ${revision}, next to ${fault}`,
  );
