import type { StackAddresses } from '@lockstep/local-stack';
import { openKillLane, type Kill, type KillLane, type LaneReport } from './killLane.ts';
import { planLanes, type KillPlan } from './killPlan.ts';
import { toKillReport, type KillReport } from './killReport.ts';
import { closeInReverse, openStack, type Closers } from './openBacking.ts';

export type KillOptions = {
  readonly onKill: (kill: Kill) => void;
  readonly signal: AbortSignal;
};

/**
 * Kills active extractors again and again, at random moments of a first load, of streaming and of a resync, while a standby is
 * there and people edit; then judges the topics. One seed gives one sequence of pauses and edits. Rejects at the signal, closed.
 */
export async function killExtractors(plan: KillPlan, options: KillOptions): Promise<KillReport> {
  const startedAtMs = performance.now();
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const closers: Closers = [];
  try {
    const stack = await openStack();
    closers.push(() => stack.close());
    const lanes = await openLanes({ plan, stack, onKill: options.onKill }, closers, signal);
    const reports = await runAll(lanes, failing);
    return toKillReport(plan, reports, Math.round((performance.now() - startedAtMs) / 1_000));
  } finally {
    await closeInReverse(closers);
  }
}

type Start = {
  readonly plan: KillPlan;
  readonly stack: StackAddresses;
  readonly onKill: KillOptions['onKill'];
};

/** One after the other: the emulators are in this process, and one that fills its table would hold up the others. */
async function openLanes(
  { plan, stack, onKill }: Start,
  closers: Closers,
  signal: AbortSignal,
): Promise<readonly KillLane[]> {
  const lanes: KillLane[] = [];
  for (const [lane, phases] of planLanes(plan).entries()) {
    signal.throwIfAborted();
    const seed = plan.seed * 1_000 + lane;
    const opened = await openKillLane({ ...plan, lane, phases, stack, onKill, seed }, signal);
    closers.push(() => opened.close());
    lanes.push(opened);
  }
  return lanes;
}

/** A lane that fails ends the others. */
async function runAll(lanes: readonly KillLane[], failing: AbortController): Promise<readonly LaneReport[]> {
  const running = lanes.map((lane) =>
    lane.run().catch((error: unknown) => {
      failing.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  failing.signal.throwIfAborted();
  return Promise.all(running);
}
