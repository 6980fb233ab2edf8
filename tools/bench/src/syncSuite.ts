import { setTimeout as sleep } from 'node:timers/promises';
import type { StateEntry } from '@lockstep/checker';
import {
  judgeOnceCaughtUp,
  makeRows,
  readBothSides,
  startLockstep,
  toSeed,
  type Lockstep,
} from '@lockstep/testing';
import { inMs, quantile } from './latencies.ts';
import type { Measurement } from './measure.ts';
import { arrivalsOf, ownWrites, type SentEdit } from './syncArrivals.ts';

export type SyncSuiteOptions = { readonly minutes?: number };

const minutesDefault = 5;
const editsPerSecond = 5;
/** Enough that nobody is edited again before the first edit has arrived. */
const leads = makeRows('lead', 200);
const contacts = makeRows('contact', 100);
const people = [
  ...leads.map(({ id }) => ({ table: 'lead' as const, id })),
  ...contacts.map(({ id }) => ({ table: 'contact' as const, id })),
];
const catchUpMs = 120_000;

/** What the product promises, in milliseconds. */
const bars = {
  'Dynamics to Marketo': { p50: 3_000, p99: 10_000 },
  'Marketo to Dynamics': { p50: 8_000, p99: 20_000 },
} as const;

/**
 * All services with their default settings between both emulators: `editsPerSecond` edits on each side, each of a value of
 * its own, timed from before the edit until the other side has committed it. Throws with what the history checker finds.
 */
export async function runSyncSuite({
  minutes = minutesDefault,
}: SyncSuiteOptions): Promise<readonly Measurement[]> {
  const lockstep = await startLockstep({
    seed: { leads: toSeed(leads), contacts: toSeed(contacts) },
    pace: 'default',
  });
  try {
    await lockstep.waitUntilInSync({ timeoutMs: catchUpMs });
    const sent = await editBothSides(lockstep, minutes * 60);
    await lockstep.waitUntilInSync({ timeoutMs: catchUpMs, quietMs: 10_000 });
    return await judge(lockstep, sent);
  } finally {
    await lockstep.close();
  }
}

type Sent = { readonly dynamics: readonly SentEdit[]; readonly marketo: readonly SentEdit[] };

async function editBothSides({ dynamics, marketo }: Lockstep, seconds: number): Promise<Sent> {
  const persons = await marketo.persons();
  const ids = new Map(persons.map((person) => [String(person['crmId']), Number(person['id'])]));
  const startedMs = performance.now();
  const sent = { dynamics: [] as SentEdit[], marketo: [] as SentEdit[] };
  for (let number = 0; number < seconds * editsPerSecond; number += 1) {
    const person = people[number % people.length];
    if (!person) break;
    sent.dynamics.push({ value: `Title ${number}`, atMs: Date.now() });
    await dynamics.editRow(person.table, person.id, { jobtitle: `Title ${number}` });
    sent.marketo.push({ value: `Town ${number}`, atMs: Date.now() });
    await marketo.editPerson(ids.get(person.id) ?? 0, { city: `Town ${number}` });
    await sleep(Math.max(0, startedMs + ((number + 1) * 1_000) / editsPerSecond - performance.now()));
  }
  return sent;
}

async function judge(lockstep: Lockstep, sent: Sent): Promise<readonly Measurement[]> {
  const { findings } = await judgeOnceCaughtUp(lockstep, catchUpMs);
  if (findings.length > 0)
    throw new Error(`the history is not clean: ${JSON.stringify(findings.slice(0, 10))}`);
  const { dynamics, marketo } = await readBothSides(lockstep);
  return [
    ...measureWay('Dynamics to Marketo', sent.dynamics, { states: marketo.states, field: 'title' }),
    ...measureWay('Marketo to Dynamics', sent.marketo, { states: dynamics.states, field: 'address1_city' }),
    writesOf('Dynamics, of what was edited there', ownWrites(dynamics.states, 'jobtitle')),
    writesOf('Marketo, of what was edited there', ownWrites(marketo.states, 'city')),
  ];
}

type Target = { readonly states: readonly StateEntry[]; readonly field: string };

function measureWay(way: keyof typeof bars, sent: readonly SentEdit[], target: Target): Measurement[] {
  const { timesMs, writes } = arrivalsOf(sent, target);
  if (timesMs.length < sent.length)
    throw new Error(`${way}: ${sent.length - timesMs.length} of ${sent.length} edits did not arrive`);
  return [
    inMs(`${way}: p50 of ${sent.length} edits`, quantile(timesMs, 0.5), bars[way].p50),
    inMs(`${way}: p99`, quantile(timesMs, 0.99), bars[way].p99),
    {
      name: `${way}: writes per edit`,
      unit: 'writes',
      value: writes / sent.length,
      ceiling: 1,
      ceilingMin: 0,
    },
  ];
}

const writesOf = (where: string, value: number): Measurement => ({
  name: `writes to ${where} (none are allowed)`,
  unit: 'writes',
  value,
  ceiling: 1,
  ceilingMin: 0,
});
