import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type Checkpoint } from '@lockstep/change-events';
import { createRandom, type Random } from '@lockstep/simulation';
import { judgeExtraction, type ExtractionVerdict } from './judgeExtraction.ts';
import { keepEditingLeads } from './keepEditingLeads.ts';
import { readTopics } from './readTopics.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startExtraction, type Extraction } from './startExtraction.ts';

export type KillPlan = {
  readonly seed: number;
  readonly kills: number;
  readonly rows: number;
  readonly pageSizeMax: number;
  readonly editsPerSecond: number;
};

export type KillReport = ExtractionVerdict & {
  readonly seed: number;
  readonly kills: number;
  /** Kills after which the table was still in its first load. */
  readonly killsDuringLoad: number;
  readonly edits: Readonly<Record<string, number>>;
  readonly takeoverMsP50: number;
  readonly takeoverMsMax: number;
};

const longestRunMs = 3_000;
const takeoverTimeoutMs = 30_000;
const quietTimeoutMs = 120_000;

/**
 * Kills the active extractor again and again, at random moments, while a standby is there and people edit; then lets
 * everything come to rest and judges the topic. One seed gives one sequence of pauses and edits.
 */
export async function killExtractors(plan: KillPlan, say: (line: string) => void): Promise<KillReport> {
  const extraction = await startExtraction({
    DYNAMICS_TABLES: 'lead',
    PAGE_SIZE_MAX: String(plan.pageSizeMax),
    POLL_INTERVAL_MIN_MS: '100',
    POLL_INTERVAL_MAX_MS: '500',
  });
  try {
    await extraction.dynamics.control.post('generate', { table: 'lead', count: plan.rows, seed: plan.seed });
    return await run(extraction, plan, say);
  } finally {
    await extraction.close();
  }
}

async function run(extraction: Extraction, plan: KillPlan, say: (line: string) => void): Promise<KillReport> {
  const { seed, kills, editsPerSecond } = plan;
  const stop = new AbortController();
  const editing = keepEditingLeads(extraction.dynamics, createRandom(seed + 1), {
    perSecond: editsPerSecond,
    signal: stop.signal,
  });
  const { takeoversMs, killsDuringLoad } = await killAll(extraction, { kills, seed }, say);
  stop.abort();
  const edits = await editing;
  const verdict = await untilQuiet(extraction);
  const sorted = takeoversMs.toSorted((left, right) => left - right);
  const takeoverMsP50 = Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  return {
    seed,
    kills,
    killsDuringLoad,
    edits,
    takeoverMsP50,
    takeoverMsMax: Math.round(sorted.at(-1) ?? 0),
    ...verdict,
  };
}

async function killAll(
  extraction: Extraction,
  { kills, seed }: Pick<KillPlan, 'kills' | 'seed'>,
  say: (line: string) => void,
): Promise<{ takeoversMs: readonly number[]; killsDuringLoad: number }> {
  const { services } = extraction;
  const random = createRandom(seed);
  const takeoversMs: number[] = [];
  let killsDuringLoad = 0;
  let active = await services.start('extractor', 'extractor-0');
  await services.untilReady([active]);
  let standby = await services.start('extractor', 'extractor-1');
  for (let kill = 1; kill <= kills; kill += 1) {
    await untilStandby(standby);
    await pause(random);
    if ((await phaseOf(extraction)) !== 'STREAMING') killsDuringLoad += 1;
    const killedAtMs = performance.now();
    await active.kill();
    await services.untilReady([standby], takeoverTimeoutMs);
    takeoversMs.push(performance.now() - killedAtMs);
    active = standby;
    standby = await services.start('extractor', `extractor-${kill + 1}`);
    if (kill % 10 === 0) say(`${kill} kills, last takeover ${Math.round(takeoversMs.at(-1) ?? 0)} ms`);
  }
  return { takeoversMs, killsDuringLoad };
}

const pause = (random: Random): Promise<void> => sleep(random.below(longestRunMs));

async function untilStandby(process: ServiceProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < takeoverTimeoutMs; waitedMs += 100) {
    if ((await process.whyNotReady())?.includes('standby')) return;
    await sleep(100);
  }
  throw new Error(`${process.name} is no standby; its last lines:\n${await process.lastLines()}`);
}

async function phaseOf(extraction: Extraction): Promise<string> {
  const saved = await readTopics({ ...extraction, names: [topics.checkpoints] });
  return (saved.at(-1)?.value as Checkpoint | undefined)?.phase ?? 'SNAPSHOT';
}

/** The verdict once nothing is missing any more; the last one when that does not come about in time. */
async function untilQuiet(extraction: Extraction): Promise<ExtractionVerdict> {
  const deadlineMs = performance.now() + quietTimeoutMs;
  for (;;) {
    const verdict = await judgeExtraction(extraction);
    const isAtRest = verdict.missing.length + verdict.undeleted.length === 0;
    if (isAtRest || performance.now() > deadlineMs) return verdict;
    await extraction.services.assertRunning();
    await sleep(1_000);
  }
}
