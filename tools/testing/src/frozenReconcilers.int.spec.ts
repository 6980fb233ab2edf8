import { setTimeout as sleep } from 'node:timers/promises';
import { judgeOnceCaughtUp } from './judgeHistory.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const leads = makeRows('lead', 120);
const contacts = makeRows('contact', 80);
/** The broker gives the partitions of a silent member away after 10 s. */
const frozenMs = 20_000;
const graceMs = 3_000;
const timeoutMs = 180_000;

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads), contacts: toSeed(contacts) } });
  await lockstep.waitUntilInSync({ timeoutMs });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

/** With `FROZEN_COLLIDE=1` Marketo also edits the field that Dynamics edits: docs/benchmarks.md. */
const collides = process.env['FROZEN_COLLIDE'] === '1';

/** Edits the same people on both sides until the signal, 200 times at least. */
async function keepEditing(signal: AbortSignal): Promise<void> {
  const { dynamics, marketo } = lockstep;
  const persons = new Map(
    (await marketo.persons()).map((person) => [String(person['crmId']), Number(person['id'])]),
  );
  for (let edits = 0; !signal.aborted || edits < 200; edits += 1) {
    const lead = leads[edits % leads.length];
    const contact = contacts[edits % contacts.length];
    if (lead === undefined || contact === undefined) throw new Error('nobody to edit');
    await dynamics.editRow('lead', lead.id, { jobtitle: `Title ${edits}` });
    const change = { city: `Town ${edits}`, ...(collides && { title: `Role ${edits}` }) };
    await marketo.editPerson(persons.get(lead.id) ?? 0, change);
    await dynamics.editRow('contact', contact.id, { jobtitle: `Title ${edits}` });
    await marketo.editPerson(persons.get(contact.id) ?? 0, change);
    await sleep(25);
  }
}

/** Frozen, and started again when it ended afterwards, as whatever supervises it does. */
async function freeze(name: string, frozen: ServiceProcess): Promise<void> {
  await frozen.freeze(frozenMs);
  await sleep(graceMs);
  if (frozen.exitCode() !== null) await lockstep.services.start('reconciler', name);
}

it(
  'publish and write nothing old when one of two is frozen until its partitions are the other one’s, and goes on',
  async () => {
    const second = await lockstep.services.start('reconciler', 'reconciler-2');
    await lockstep.services.untilReady([second]);
    const stop = new AbortController();
    const editing = keepEditing(stop.signal);
    await sleep(3_000);
    await freeze('reconciler', lockstep.processes.reconciler);
    await freeze('reconciler-2', second);
    stop.abort();

    await editing;
    await lockstep.waitUntilInSync({ timeoutMs });
    const { findings, linkedPairs } = await judgeOnceCaughtUp(lockstep, timeoutMs);
    expect(findings).toEqual([]);
    expect(linkedPairs).toBe(leads.length + contacts.length);
  },
  3 * timeoutMs,
);
