import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint } from '@lockstep/change-events';
import type { StackAddresses } from '@lockstep/local-stack';
import { createRandom, type Random } from '@lockstep/simulation';
import { judgeExtraction, type ExtractionVerdict } from './judgeExtraction.ts';
import { keepEditingLeads } from './keepEditingLeads.ts';
import type { KillPhase, KillPlan } from './killPlan.ts';
import { closeInReverse, type Closers } from './openBacking.ts';
import { startServicePair, type ServicePair } from './servicePair.ts';
import { startExtraction, type Extraction } from './startExtraction.ts';
import { watchCheckpoints, type CheckpointWatch } from './watchCheckpoints.ts';

export type Kill = {
  readonly lane: number;
  /** Of the last checkpoint that was committed before the kill. */
  readonly phase: KillPhase;
  /** From the kill until the first page that another process committed could be read. */
  readonly takeoverMs: number;
  /** Processes that wanted a core meanwhile: the load average of the last minute. */
  readonly load: number;
};

export type LaneReport = ExtractionVerdict & {
  readonly kills: readonly Kill[];
  readonly edits: Readonly<Record<string, number>>;
};

export type LanePlan = Omit<KillPlan, 'kills' | 'lanes'> & {
  readonly lane: number;
  readonly phases: readonly KillPhase[];
  readonly stack: StackAddresses;
  readonly onKill: (kill: Kill) => void;
};

type Lane = {
  readonly plan: LanePlan;
  readonly extraction: Extraction;
  readonly watch: CheckpointWatch;
  readonly pair: ServicePair;
  readonly random: Random;
  readonly signal: AbortSignal;
};

const table = 'lead';
const longestRunMs = 3_000;
const takeoverTimeoutMs = 60_000;
const phaseTimeoutMs = 180_000;
const quietTimeoutMs = 180_000;
/** Holds each page of the first load up, so that there is a load to be killed in on a quick machine too. */
const slowPages = {
  id: 'slow-pages',
  match: { method: 'GET', path: 'skiptoken' },
  action: { kind: 'delay', delayMs: 200 },
  times: 1_000_000,
};

export type KillLane = {
  /** Kills in each of the phases while people edit; then lets all come to rest and judges the topic. */
  run(): Promise<LaneReport>;
  close(): Promise<void>;
};

/** Starts an extractor and its standby on a table that is full already. */
export async function openKillLane(plan: LanePlan, signal: AbortSignal): Promise<KillLane> {
  const closers: Closers = [];
  try {
    const extraction = await startExtraction(settingsOf(plan), plan.stack);
    closers.push(() => extraction.close());
    const { control } = extraction.dynamics;
    await control.post('generate', { table, count: plan.rows, seed: plan.seed });
    if (plan.phases.includes('LOAD')) await control.post('faults', slowPages);
    const watch = await watchCheckpoints(extraction, `dynamics/${table}`);
    closers.push(() => watch.close());
    const pair = await startServicePair(extraction.services, 'extractor');
    const lane = { plan, extraction, watch, pair, signal, random: createRandom(plan.seed) };
    return { run: () => runPhases(lane), close: () => closeInReverse(closers) };
  } catch (error) {
    await closeInReverse(closers);
    throw error;
  }
}

const settingsOf = ({ pageSizeMax }: LanePlan): Readonly<Record<string, string>> => ({
  DYNAMICS_TABLES: table,
  PAGE_SIZE_MAX: String(pageSizeMax),
  POLL_INTERVAL_MIN_MS: '100',
  POLL_INTERVAL_MAX_MS: '500',
});

async function runPhases(lane: Lane): Promise<LaneReport> {
  const { plan, extraction, signal } = lane;
  const resting = new AbortController();
  const editing = keepEditingLeads(extraction.dynamics, createRandom(plan.seed + 1), {
    perSecond: plan.editsPerSecond,
    signal: AbortSignal.any([signal, resting.signal]),
  });
  try {
    const kills: Kill[] = [];
    for (const phase of plan.phases) kills.push(await killOnce(lane, phase));
    await untilStreaming(lane);
    resting.abort();
    return { kills, edits: await editing, ...(await untilQuiet(lane)) };
  } finally {
    resting.abort();
    await editing.catch(() => undefined);
  }
}

async function killOnce(lane: Lane, wanted: KillPhase): Promise<Kill> {
  const { pair, watch, signal, plan } = lane;
  await pair.untilPaired(signal);
  await enter[wanted](lane);
  const before = await watch.until(() => true, { timeoutMs: takeoverTimeoutMs, signal });
  const killedAtMs = performance.now();
  await pair.killActive();
  const isFromAnother = ({ page }: Checkpoint): boolean => page.epoch > before.page.epoch;
  await watch.until(isFromAnother, { timeoutMs: takeoverTimeoutMs, signal }).catch(async (error: unknown) => {
    throw new Error(`nobody took over:\n${await lane.extraction.services.lastLines()}`, { cause: error });
  });
  const takeoverMs = Math.round(performance.now() - killedAtMs);
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  const kill = { lane: plan.lane, phase: phaseOf(before), takeoverMs, load };
  plan.onKill(kill);
  return kill;
}

const phases: Readonly<Record<Checkpoint['phase'], KillPhase>> = {
  SNAPSHOT: 'LOAD',
  STREAMING: 'STREAMING',
  RESYNC: 'RESYNC',
};

const phaseOf = ({ phase }: Checkpoint): KillPhase => phases[phase];

/** Each resolves at a random moment of the phase, which it brings about. */
const enter: Readonly<Record<KillPhase, (lane: Lane) => Promise<void>>> = {
  LOAD: pause,
  async STREAMING(lane) {
    await untilStreaming(lane);
    await pause(lane);
  },
  async RESYNC(lane) {
    const { extraction, watch, signal, random } = lane;
    if (watch.latest()?.phase !== 'RESYNC') {
      await untilStreaming(lane);
      await extraction.dynamics.control.post(`tokens/${table}/expire`, {});
    }
    const wait = { timeoutMs: phaseTimeoutMs, signal };
    const { rowsDone } = await watch.until(({ phase }) => phase === 'RESYNC', wait);
    const untilRows = rowsDone + random.next() * Math.max(0, lane.plan.rows - rowsDone);
    await watch.until((now) => now.phase !== 'RESYNC' || now.rowsDone >= untilRows, wait);
  },
};

async function pause({ random, signal }: Lane): Promise<void> {
  await sleep(random.below(longestRunMs), undefined, { signal });
}

async function untilStreaming({ extraction, watch, signal }: Lane): Promise<void> {
  await extraction.dynamics.control.delete('faults');
  await watch.until(({ phase }) => phase === 'STREAMING', { timeoutMs: phaseTimeoutMs, signal });
}

/** The verdict once nothing is missing any more; the last one when that does not come about in time. */
async function untilQuiet({ extraction, signal }: Lane): Promise<ExtractionVerdict> {
  const deadlineMs = performance.now() + quietTimeoutMs;
  for (;;) {
    const verdict = await judgeExtraction(extraction);
    const isAtRest = verdict.missing.length + verdict.undeleted.length === 0;
    if (isAtRest || performance.now() > deadlineMs) return verdict;
    await extraction.services.assertRunning();
    await sleep(1_000, undefined, { signal });
  }
}
