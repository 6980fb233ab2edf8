import type { Trouble } from '@lockstep/reconciliation';
import type { TroubleCount } from './troubleReader.ts';

/** What is counted of one record. */
export type Troubled = {
  readonly since: string;
  readonly by: readonly Pick<Trouble, 'side' | 'code'>[];
};

/** Counts each record once per side and code; records that have been in trouble for longest come first. */
export function countTroubles(records: readonly Troubled[]): readonly TroubleCount[] {
  const counts = new Map<string, TroubleCount>();
  for (const { since, by } of records) {
    for (const key of new Set(by.map(({ side, code }) => `${side} ${code}`))) {
      const [side, code] = key.split(' ') as [TroubleCount['side'], string];
      const { records: counted = 0, since: first = since } = counts.get(key) ?? {};
      counts.set(key, { side, code, records: counted + 1, since: first });
    }
  }

  return [...counts.values()].sort((a, b) => b.records - a.records || a.since.localeCompare(b.since));
}

/** An ISO time as keys hold it: with its fraction, also when that is zero, so that texts are in order of time. */
export const troubleTime = (time: string): string => new Date(time).toISOString();

/** By this records in trouble are in order, each at a place of its own. */
export const troubleKey = (since: string, goldenId: string): string => `${troubleTime(since)}/${goldenId}`;
