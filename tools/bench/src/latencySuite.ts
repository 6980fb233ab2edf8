import { setTimeout as sleep } from 'node:timers/promises';
import { topicName, topics } from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import { startExtraction, type Extraction, type ServiceProcess } from '@lockstep/testing';
import type { Measurement } from './measure.ts';

export type LatencySuiteOptions = {
  readonly edits?: number;
  readonly editsPerSecond?: number;
  readonly idleMinutes?: number;
};

/** How the extractor learns of an edit. */
type Way = 'polling' | 'hint';

/** What the product promises, in ms; the share is value / bar, so that less is better. */
const bars: Readonly<Record<Way, { readonly p50: number; readonly afterIdle: number }>> = {
  polling: { p50: 800, afterIdle: 31_000 },
  hint: { p50: 150, afterIdle: 1_000 },
};
const callsPerDayBar = 3_000;
const hintKey = 'latency-bench-hint';
const defaults = { edits: 1_000, editsPerSecond: 5, idleMinutes: 10 };
const rows = 1_000;
const arrivalTimeoutMs = 60_000;
const dayMinutes = 24 * 60;

/** Edits in an emulated Dynamics, an extractor in a process of its own, and a consumer that waits for them. */
type Stage = {
  readonly way: Way;
  readonly extraction: Extraction;
  readonly ids: readonly string[];
  /** Edits one row; resolves with the ms from before the edit to its event being readable. */
  edit(id: string, number: number): Promise<number>;
  calls(): Promise<number>;
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

const inMs = (name: string, value: number, ceiling: number): Measurement => ({
  name,
  unit: 'ms',
  value,
  ceiling,
  ceilingMin: 0,
});

async function measureEdits(
  stage: Stage,
  { edits, editsPerSecond }: { readonly edits: number; readonly editsPerSecond: number },
): Promise<readonly Measurement[]> {
  const running: Promise<number>[] = [];
  for (let number = 0; number < edits; number += 1) {
    running.push(stage.edit(stage.ids[number % stage.ids.length] ?? '', number));
    await sleep(1_000 / editsPerSecond);
  }
  const sorted = (await Promise.all(running)).toSorted((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const bar = bars[stage.way].p50;
  return [
    inMs(`${stage.way}: p50 of ${edits} edits at ${editsPerSecond}/s`, at(0.5), bar),
    inMs(`${stage.way}: p99`, at(0.99), bar),
  ];
}

async function measureIdle(stage: Stage, idleMinutes: number): Promise<readonly Measurement[]> {
  const before = await stage.calls();
  await sleep(idleMinutes * 60_000);
  const calls = (await stage.calls()) - before;
  const afterIdle = await stage.edit(stage.ids[0] ?? '', 1_000_000);
  return [
    inMs(`${stage.way}: first edit after ${idleMinutes} idle minutes`, afterIdle, bars[stage.way].afterIdle),
    {
      name: `${stage.way}: calls of an idle table`,
      unit: 'calls/day',
      value: (calls * dayMinutes) / idleMinutes,
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
  const arrivals = await openArrivals(extraction);
  const ids = (await dynamics.rows('lead')).map((row) => String(row['leadid']));
  await arrivals.count(rows);
  if (way === 'hint') await registerHint(extraction, extractor);
  return {
    way,
    extraction,
    ids,
    async edit(id, number) {
      const startedMs = performance.now();
      const arrived = arrivals.next(id);
      await dynamics.editRow('lead', id, { jobtitle: `Title ${number}` });
      return (await arrived) - startedMs;
    },
    calls: async () => (await dynamics.control.get<{ last: number }>('calls?after=0&limit=1')).last,
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

type Arrivals = {
  /** When the next event of a key can be read. */
  next(key: string): Promise<number>;
  count(events: number): Promise<void>;
  close(): Promise<void>;
};

async function openArrivals({ kafkaBrokers, topicPrefix }: Extraction): Promise<Arrivals> {
  const kafka = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'lockstep-bench' });
  const groupId = `${topicPrefix}.latency`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 1_000 });
  const waiting = new Map<string, (atMs: number) => void>();
  let read = 0;
  await consumer.connect();
  await consumer.subscribe({
    topics: [topicName(topicPrefix, topics.dynamicsChanges('lead'))],
    fromBeginning: true,
  });
  await consumer.run({
    eachMessage: ({ message: { key } }) => {
      read += 1;
      waiting.get(String(key))?.(performance.now());
      return Promise.resolve();
    },
  });
  return {
    next: (key) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('an edit did not arrive')), arrivalTimeoutMs);
        waiting.set(key, (atMs) => {
          clearTimeout(timer);
          waiting.delete(key);
          resolve(atMs);
        });
      }),
    async count(events) {
      for (let waitedMs = 0; read < events; waitedMs += 100) {
        if (waitedMs > arrivalTimeoutMs) throw new Error(`only ${read} of ${events} events arrived`);
        await sleep(100);
      }
    },
    close: () => consumer.disconnect(),
  };
}
