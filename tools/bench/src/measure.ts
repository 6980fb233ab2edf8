/** Does one batch of work and answers how many events that were. */
export type Batch = () => number | Promise<number>;

export type Rounds = { readonly rounds: number; readonly roundMs: number };

/** What is measured, and what it is measured against in the same run. */
export type Contest = {
  readonly name: string;
  readonly unit: string;
  readonly subject: Batch;
  readonly ceiling: Batch;
  /** A slower ceiling means that the machine was not up to a measurement. */
  readonly ceilingMin: number;
};

/** Rates in the contest's unit: the median of the rounds. */
export type Measurement = Pick<Contest, 'name' | 'unit' | 'ceilingMin'> & {
  readonly value: number;
  readonly ceiling: number;
};

/** Subject and ceiling take turns, so that whatever slows the machine down slows both; the first round only warms up. */
export async function measure(contest: Contest, { rounds, roundMs }: Rounds): Promise<Measurement> {
  const values: number[] = [];
  const ceilings: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const value = await rateOf(contest.subject, roundMs);
    const ceiling = await rateOf(contest.ceiling, roundMs);
    if (round === 0) continue;
    values.push(value);
    ceilings.push(ceiling);
  }
  const { name, unit, ceilingMin } = contest;
  return { name, unit, ceilingMin, value: median(values), ceiling: median(ceilings) };
}

async function rateOf(batch: Batch, roundMs: number): Promise<number> {
  const startedAtMs = performance.now();
  for (let events = await batch(); ; events += await batch()) {
    const elapsedMs = performance.now() - startedAtMs;
    if (elapsedMs >= roundMs && elapsedMs > 0) return (events * 1_000) / elapsedMs;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
