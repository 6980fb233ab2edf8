import { isoTime } from '@lockstep/change-events';
import type { CallReport } from '@lockstep/ports';

/** When the day's calls are spent at the rate of the last hour, as ISO time; null when they last. */
export type CallForecast = (report: CallReport, nowMs: number) => string | null;

type Sample = { readonly day: string; readonly atMs: number; readonly used: number };

const rateOverMs = 60 * 60 * 1000;
/** The burst with which a process begins says nothing about its rate. */
const shortestMs = 5 * 60 * 1000;

/** Remembers the reports of an hour, one a minute. */
export function createCallForecast(): CallForecast {
  let samples: Sample[] = [];

  return ({ day, used, budget, endsAt }, nowMs) => {
    samples = samples.filter((sample) => sample.day === day && nowMs - sample.atMs <= rateOverMs);
    samples.push({ day, atMs: nowMs, used });
    const [first = { atMs: nowMs, used }] = samples;
    const elapsedMs = nowMs - first.atMs;
    if (elapsedMs < shortestMs || used === first.used) return null;
    const spentAtMs = nowMs + (Math.max(0, budget - used) * elapsedMs) / (used - first.used);

    return spentAtMs < Date.parse(endsAt) ? isoTime(Math.floor(spentAtMs)) : null;
  };
}
