import type { ControlApi } from '@lockstep/testing';
import type { Measurement } from './measure.ts';

/** A time against its bar: the share is value / bar, so that less is better. */
export const inMs = (name: string, value: number, bar: number): Measurement => ({
  name,
  unit: 'ms',
  value,
  ceiling: bar,
  ceilingMin: 0,
});

/** The value that `share` (0 to 1) of the values do not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

type Calls = { readonly calls: readonly { readonly at: string | number }[]; readonly last: number };

const dayMs = 24 * 60 * 60_000;

/** The last call that the emulator has counted. */
export const lastCall = async (control: ControlApi): Promise<number> =>
  (await control.get<Calls>('calls?after=0&limit=1')).last;

/** Calls a day at the pace of the calls after number `after`, from the first of them to the last. */
export async function callsPerDay(control: ControlApi, after: number): Promise<number> {
  const { calls } = await control.get<Calls>(`calls?after=${after}&limit=1000`);
  return paceOf(calls.map(({ at }) => new Date(at).getTime()));
}

/** Events a day, seen from the first time to the last, in ms; fewer than two have no pace and count as none. */
export function paceOf(timesMs: readonly number[]): number {
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  return spanMs > 0 ? ((timesMs.length - 1) * dayMs) / spanMs : 0;
}
