import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@lockstep/change-events';
import { startExtraction, type Extraction, type ServiceProcess } from '@lockstep/testing';
import { openArrivals } from './arrivals.ts';
import { callsPerDay, inMs, lastCall, quantile } from './latencies.ts';
import type { Measurement } from './measure.ts';

export type LatencySuiteOptions = {
  readonly edits?: number;
  readonly editsPerSecond?: number;
  readonly idleMinutes?: number;
};

/** How the extractor learns of an edit. */
type Way = 'polling' | 'hint';

/** What the product promises, in ms. */
const bars: Readonly<Record<Way, { readonly p50: number; readonly afterIdle: number }>> = {
  polling: { p50: 800, afterIdle: 31_000 },
  hint: { p50: 150, afterIdle: 1_000 },
};
const callsPerDayBar = 3_000;
const hintKey = 'latency-bench-hint';
const defaults = { edits: 1_000, editsPerSecond: 5, idleMinutes: 10 };
const rows = 1_000;
const warmUpEdits = 25;
const arrivalTimeoutMs = 60_000;

/** Edits in an emulated Dynamics, an extractor in a process of its own, and a consumer that waits for them. */
type Stage = {
  readonly way: Way;
  readonly extraction: Extraction;
  readonly ids: readonly string[];
  /** Edits one row; resolves with the ms from before the edit to its event being readable. */
  edit(id: string, number: number): Promise<number>;
  close(): Promise<void>;
};

/**
 * From the commit of an edit to the event readable on the topic, read committed: edits at a steady pace, then one edit
 * after an idle time, by polling alone and with the webhook hint; and what an idle table costs in calls.
 */
export async function runLatencySuite(options: LatencySuiteOptions): Promise<readonly Measurement[]> {
  const plan = { ...defaults, ...options };
  const stages: Stage[] = [];
  try {
    for (const way of ['polling', 'hint'] as const) stages.push(await openStage(way));
    const steady: Measurement[] = [];
    for (const stage of stages) steady.push(...(await measureEdits(stage, plan)));
    const idle = await Promise.all(stages.map((stage) => measureIdle(stage, plan.idleMinutes)));
    return [...steady, ...idle.flat()];
  } finally {
    for (const stage of stages) await stage.close();
  }
}

type Pace = { readonly edits: number; readonly editsPerSecond: number };

async function measureEdits(stage: Stage, { edits, editsPerSecond }: Pace): Promise<readonly Measurement[]> {
  // Begun amid edits: right after a quiet time the first ones measure the pause before them, which has a bar of its own.
  await editSteadily(stage, { edits: warmUpEdits, editsPerSecond });
  const timesMs = await editSteadily(stage, { edits, editsPerSecond });
  const bar = bars[stage.way].p50;
  return [
    inMs(`${stage.way}: p50 of ${edits} edits at ${editsPerSecond}/s`, quantile(timesMs, 0.5), bar),
    inMs(`${stage.way}: p99`, quantile(timesMs, 0.99), bar),
  ];
}

async function editSteadily(stage: Stage, { edits, editsPerSecond }: Pace): Promise<readonly number[]> {
  const running: Promise<number>[] = [];
  for (let number = 0; number < edits; number += 1) {
    running.push(stage.edit(stage.ids[number % stage.ids.length] ?? '', number));
    await sleep(1_000 / editsPerSecond);
  }
  return Promise.all(running);
}

async function measureIdle(stage: Stage, idleMinutes: number): Promise<readonly Measurement[]> {
  const { control } = stage.extraction.dynamics;
  // The pause grows with the silence: its second half is what an idle table costs.
  await sleep(idleMinutes * 30_000);
  const before = await lastCall(control);
  await sleep(idleMinutes * 30_000);
  const calls = await callsPerDay(control, before);
  const afterIdle = await stage.edit(stage.ids[0] ?? '', 1_000_000);
  return [
    inMs(`${stage.way}: first edit after ${idleMinutes} idle minutes`, afterIdle, bars[stage.way].afterIdle),
    {
      name: `${stage.way}: calls of an idle table`,
      unit: 'calls/day',
      value: calls,
      ceiling: callsPerDayBar,
      ceilingMin: 0,
    },
  ];
}

async function openStage(way: Way): Promise<Stage> {
  const extraction = await startExtraction({
    DYNAMICS_TABLES: 'lead',
    ...(way === 'hint' && { HINT_KEY: hintKey }),
  });
  const { dynamics, services } = extraction;
  const extractor = await services.start('extractor');
  await services.untilReady([extractor]);
  await dynamics.control.post('generate', { table: 'lead', count: rows });
  const arrivals = await openArrivals(extraction, topics.dynamicsChanges('lead'));
  const ids = (await dynamics.rows('lead')).map((row) => String(row['leadid']));
  await arrivals.count(rows);
  if (way === 'hint') await registerHint(extraction, extractor);
  return {
    way,
    extraction,
    ids,
    async edit(id, number) {
      const startedMs = performance.now();
      const arrived = arrivals.next(id, arrivalTimeoutMs);
      await dynamics.editRow('lead', id, { jobtitle: `Title ${number}` });
      return (await arrived) - startedMs;
    },
    async close() {
      await arrivals.close();
      await extraction.close();
    },
  };
}

/** The webhook as an administrator registers it; the key travels as the query value `code`. */
async function registerHint({ dynamics }: Extraction, extractor: ServiceProcess): Promise<void> {
  await dynamics.control.post('webhooks', {
    url: `${extractor.url}/hints/dynamics`,
    table: 'lead',
    authtype: 4,
    authvalue: hintKey,
  });
}
