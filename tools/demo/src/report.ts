import Table from 'cli-table3';
import type { Invariants } from './checkInvariants.ts';
import type { Expected } from './expectations.ts';
import type { StepResult } from './playScenario.ts';
import type { Sides, Verdict } from './verdict.ts';

/** The machine-readable result (design section 10), with details beside it. */
export type DemoResult = {
  readonly differences: number;
  readonly linkedPairs: number;
  readonly unexpected: number;
  readonly conflicts: number;
  readonly seconds: number;
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
  readonly failures: readonly string[];
  readonly invariants: Readonly<Record<string, number>>;
  readonly firstLoadSeconds: number;
};

export type Findings = {
  readonly verdict: Verdict;
  readonly invariants: Invariants;
  readonly steps: readonly StepResult[];
  readonly firstLoadSeconds: number;
  readonly seconds: number;
};

export function toResult({ verdict, invariants, steps, firstLoadSeconds, seconds }: Findings): DemoResult {
  const failures = [...verdict.failures, ...invariants.failures].map(({ kind, text }) => `${kind}: ${text}`);
  const { differences, linkedPairs, unexpected } = verdict;
  return {
    differences,
    linkedPairs,
    unexpected,
    conflicts: invariants.conflicts,
    seconds,
    ok: failures.length === 0,
    steps,
    failures,
    invariants: invariants.counts,
    firstLoadSeconds,
  };
}

/** Both sides in numbers, as text. */
export function sidesTable(sides: Sides, expected: readonly Expected[], verdict: Verdict): string {
  const table = new Table({ head: ['', 'Dynamics', 'Marketo'], style: plain });
  const persons = [...sides.marketo.values()];
  const typed = (type: string): number => persons.filter(({ crmType }) => crmType === type).length;
  const fate = (wanted: Expected['fate']): number => expected.filter((one) => one.fate === wanted).length;
  table.push(
    ['leads', sides.dynamics.lead.size, typed('Lead')],
    ['contacts', sides.dynamics.contact.size, typed('Contact')],
    ['known to one side only', fate('away'), persons.filter(({ crmId }) => (crmId ?? null) === null).length],
    ['deleted in Dynamics', '-', persons.filter(({ crmIsDeleted }) => crmIsDeleted === true).length],
    ['linked pairs', { colSpan: 2, content: String(verdict.linkedPairs), hAlign: 'center' }],
  );
  return table.toString();
}

export function stepsTable(steps: readonly StepResult[]): string {
  const table = new Table({ head: ['step', 'result'], style: plain });
  for (const { title, ms } of steps) table.push([title, ms === null ? 'NOT SEEN' : `seen after ${ms} ms`]);
  return table.toString();
}

/** No colours: the same text goes to terminals, files and logs. */
const plain = { head: [], border: [] };

const failuresShownMax = 25;

/** The last words of a run. */
export function verdictLines(result: DemoResult): string[] {
  if (result.ok) {
    const facts = `${result.linkedPairs} linked pairs, 0 differences, every step seen, every invariant holds`;
    return [`VERDICT: in step. ${facts} (${result.seconds} s).`];
  }
  const shown = result.failures.slice(0, failuresShownMax).map((line) => `  - ${line}`);
  const rest = result.failures.length - shown.length;
  return [
    `VERDICT: NOT in step. ${result.failures.length} findings:`,
    ...shown,
    ...(rest > 0 ? [`  ... and ${rest} more`] : []),
  ];
}
