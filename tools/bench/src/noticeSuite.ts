import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@lockstep/change-events';
import { startNoticing, type Noticing } from '@lockstep/testing';
import { request } from 'undici';
import { openArrivals } from './arrivals.ts';
import { callsPerDay, inMs, lastCall, quantile } from './latencies.ts';
import type { Measurement } from './measure.ts';

export type NoticeSuiteOptions = { readonly edits?: number; readonly idleMinutes?: number };

/** How the service learns of an edit. */
type Way = 'polling' | 'hint';

/** What the product promises. */
const barsMs: Readonly<Record<Way, { readonly busy: number; readonly afterIdle: number }>> = {
  polling: { busy: 8_000, afterIdle: 70_000 },
  hint: { busy: 3_000, afterIdle: 3_000 },
};
const idleCallsBar = 4_000;
const dailyCalls = 50_000;
const defaults = { edits: 20, idleMinutes: 60 };
const hintKey = 'notice-bench-hint';
const persons = 20;
const betweenEditsMs = 60_000;
const arrivalTimeoutMs = 120_000;

/** An emulated Marketo, a marketing service in a process of its own, and a consumer that waits for edits. */
type Stage = {
  readonly way: Way;
  readonly noticing: Noticing;
  /** Edits a person; resolves with the ms from before the edit to its event being readable. */
  edit(number: number): Promise<number>;
  close(): Promise<void>;
};

/**
 * From an edit in Marketo to its event, read committed: an edit a minute, at a random moment of it, then one after an idle time;
 * by polling alone and with the webhook hint, and what both cost in calls.
 */
export async function runNoticeSuite(options: NoticeSuiteOptions): Promise<readonly Measurement[]> {
  const plan = { ...defaults, ...options };
  const stages: Stage[] = [];
  try {
    for (const way of ['polling', 'hint'] as const) stages.push(await openStage(way));
    const busy = await Promise.all(stages.map((stage) => measureEdits(stage, plan.edits)));
    const idle = await Promise.all(stages.map((stage) => measureIdle(stage, plan.idleMinutes)));
    return [...busy.flat(), ...idle.flat()];
  } finally {
    for (const stage of stages) await stage.close();
  }
}

async function measureEdits(stage: Stage, edits: number): Promise<readonly Measurement[]> {
  const { way, noticing } = stage;
  const before = await lastCall(noticing.marketo.control);
  const timesMs: number[] = [];
  for (let number = 0; number < edits; number += 1) {
    const waitMs = Math.random() * betweenEditsMs;
    await sleep(waitMs);
    const startedMs = performance.now();
    timesMs.push(await stage.edit(number));
    await sleep(Math.max(0, betweenEditsMs - waitMs - (performance.now() - startedMs)));
  }
  return [
    inMs(`${way}: p50 of ${edits} edits, one a minute`, quantile(timesMs, 0.5), barsMs[way].busy),
    inMs(`${way}: p99`, quantile(timesMs, 0.99), barsMs[way].busy),
    inCalls(
      `${way}: calls while edits come`,
      await callsPerDay(noticing.marketo.control, before),
      dailyCalls,
    ),
  ];
}

async function measureIdle(stage: Stage, idleMinutes: number): Promise<readonly Measurement[]> {
  const { way, noticing } = stage;
  // The pause grows with the silence: its second half is what an idle service costs.
  await sleep(idleMinutes * 30_000);
  const before = await lastCall(noticing.marketo.control);
  await sleep(idleMinutes * 30_000);
  const calls = await callsPerDay(noticing.marketo.control, before);
  const name = `${way}: first edit after ${idleMinutes} idle minutes`;
  return [
    inMs(name, await stage.edit(defaults.edits), barsMs[way].afterIdle),
    inCalls(`${way}: calls of an idle service`, calls, idleCallsBar),
  ];
}

const inCalls = (name: string, value: number, ceiling: number): Measurement => ({
  name,
  unit: 'calls/day',
  value,
  ceiling,
  ceilingMin: 0,
});

async function openStage(way: Way): Promise<Stage> {
  const noticing = await startNoticing(way === 'hint' ? { MARKETO_HINT_KEY: hintKey } : {});
  const { marketo, services } = noticing;
  const ids = await marketo.createPersons(
    Array.from({ length: persons }, (_, at) => ({ lastName: `Person ${at}` })),
  );
  const arrivals = await openArrivals(noticing, topics.marketingChanges('lead'));
  const service = await services.start('marketing');
  await arrivals.count(persons);
  return {
    way,
    noticing,
    async edit(number) {
      const id = ids[number % ids.length] ?? 0;
      const startedMs = performance.now();
      const arrived = arrivals.next(String(id), arrivalTimeoutMs);
      await marketo.editPerson(id, { title: `Title ${number}` });
      if (way === 'hint') await callWebhook(service.url);
      return (await arrived) - startedMs;
    },
    async close() {
      await arrivals.close();
      await noticing.close();
    },
  };
}

/** As the webhook of a trigger campaign does. */
async function callWebhook(url: string): Promise<void> {
  const { statusCode, body } = await request(`${url}/hints/marketo`, {
    method: 'POST',
    headers: { 'x-lockstep-key': hintKey },
  });
  await body.dump();
  if (statusCode !== 202) throw new Error(`the hint was answered with ${statusCode}`);
}
