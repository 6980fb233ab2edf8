import Table from 'cli-table3';
import type { MachineFacts } from './machineFacts.ts';
import type { Measurement } from './measure.ts';

/** The machine-readable result (design section 10). `share` is value / ceiling, three digits. */
export type BenchReport = {
  readonly suite: string;
  readonly machine: MachineFacts;
  readonly results: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly ceiling: number;
    readonly share: number;
  }[];
};

/** A run whose ceilings are too low to say anything about the code. */
export function invalidReasons(measurements: readonly Measurement[]): readonly string[] {
  return measurements
    .filter(({ ceiling, ceilingMin }) => !(ceiling >= ceilingMin))
    .map(
      ({ name, ceiling, ceilingMin, unit }) =>
        `${name}: the ceiling is ${format(ceiling)} ${unit}, at least ${format(ceilingMin)} are needed`,
    );
}

export function toReport(
  suite: string,
  machine: MachineFacts,
  measurements: readonly Measurement[],
): BenchReport {
  const results = measurements.map(({ name, value, unit, ceiling }) => ({
    name,
    value: Math.round(value),
    unit,
    ceiling: Math.round(ceiling),
    share: Math.round((value / ceiling) * 1_000) / 1_000,
  }));
  return { suite, machine, results };
}

export function toTable({ suite, machine, results }: BenchReport): string {
  const table = new Table({
    head: [suite, 'value', 'ceiling', 'share', 'unit'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { name, value, ceiling, share, unit } of results)
    table.push([name, format(value), format(ceiling), `${(share * 100).toFixed(0)} %`, unit]);
  const { cpu, cores, memoryGib, node, load } = machine;
  return `${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load ${load}\n${table.toString()}`;
}

const format = (value: number): string => Math.round(value).toLocaleString('en');
