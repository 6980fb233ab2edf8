import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from './bundleServices.ts';
import { judgeOnceCaughtUp } from './judgeHistory.ts';
import { makePersons, makeRows, toSeed } from './seedPeople.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

// Marketing first: a call to Marketo that nobody heard the answer of is settled only after its server's time-out.
const inTurn: readonly ServiceName[] = ['marketing', 'extractor', 'reconciler'];
const leads = makeRows('lead', 700);
const contacts = makeRows('contact', 400);
const rowsTotal = leads.length + contacts.length;
/** A lost command is sent again after 120 s, an unheard answer is settled after 95 s. */
const syncTimeoutMs = 230_000;
/** Both sides can agree before an unheard answer is settled, so this outlasts its 95 s. */
const catchUpMs = 130_000;
const testTimeoutMs = 360_000;

let lockstep: Lockstep;
let running: Record<ServiceName, ServiceProcess>;

async function killAndRestart(name: ServiceName): Promise<void> {
  await running[name].kill();
  running[name] = await lockstep.services.start(name);
}

async function countLinked(): Promise<number> {
  const persons = await lockstep.marketo.persons();
  return persons.filter((person) => typeof person['crmId'] === 'string').length;
}

/** Resolves with the number of linked people once it has grown. */
async function untilMoreThan(linked: number): Promise<number> {
  for (let waitedMs = 0; waitedMs < syncTimeoutMs; waitedMs += 50) {
    const now = await countLinked();
    if (now > linked) return now;
    await lockstep.services.assertRunning();
    await sleep(50);
  }
  throw new Error(`still ${linked} linked people\n${await lockstep.services.lastLines()}`);
}

async function expectCleanHistory(): Promise<void> {
  await lockstep.waitUntilInSync({ timeoutMs: syncTimeoutMs, quietMs: 2_000 });
  const judged = await judgeOnceCaughtUp(lockstep, catchUpMs);
  expect(judged).toEqual({ findings: [], linkedPairs: rowsTotal });
}

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: {
      leads: toSeed(leads),
      contacts: toSeed(contacts),
      persons: [...makePersons('lead', 20), ...makePersons('contact', 20)],
    },
    // Many pages, and more people than a few calls to Marketo hold, make the first load long enough to be interrupted.
    settings: { PAGE_SIZE_MAX: '50' },
  });
  running = { ...lockstep.processes };
}, testTimeoutMs);

afterAll(() => lockstep.close());

it(
  'loses, doubles and changes nothing when each service is killed during the first load',
  async () => {
    let linked = 0;
    for (const name of inTurn) {
      linked = await untilMoreThan(linked);
      expect(linked).toBeLessThan(rowsTotal);
      await killAndRestart(name);
    }
    await expectCleanHistory();
  },
  testTimeoutMs,
);

/** Edits somebody on each side every 50 ms until the signal, 100 times at least; each side has people and fields of its own. */
async function keepEditing(signal: AbortSignal): Promise<void> {
  const { dynamics, marketo } = lockstep;
  const persons = new Map(
    (await marketo.persons()).map((person) => [String(person['crmId']), Number(person['id'])]),
  );
  for (let edits = 0; !signal.aborted || edits < 100; edits += 1) {
    const lead = leads[edits % leads.length];
    const contact = contacts[edits % contacts.length];
    if (lead === undefined || contact === undefined) throw new Error('nobody to edit');
    await dynamics.editRow('lead', lead.id, { jobtitle: `Title ${edits}` });
    await dynamics.editRow('contact', contact.id, { jobtitle: `Title ${edits}` });
    await marketo.editPerson(persons.get(lead.id) ?? 0, { city: `Town ${edits}` });
    await marketo.editPerson(persons.get(contact.id) ?? 0, { city: `Town ${edits}` });
    await sleep(50);
  }
}

it(
  'loses, doubles and changes nothing when each service is killed while both sides are edited',
  async () => {
    const stop = new AbortController();
    const editing = keepEditing(stop.signal);
    for (const name of inTurn) {
      await sleep(2_000);
      await killAndRestart(name);
      await lockstep.services.untilReady([running[name]]);
    }
    stop.abort();

    await editing;
    await expectCleanHistory();
  },
  testTimeoutMs,
);
