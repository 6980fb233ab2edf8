import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './controlApi.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const key = 'a-key-of-sixteen-characters';
const timeoutMs = 60_000;
const owner = {
  systemuserid: '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c21',
  firstname: 'Olga',
  lastname: 'Owner',
  internalemailaddress: 'olga@crm.example',
};

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ settings: { MARKETO_REQUEST_KEY: key } });
  await lockstep.dynamics.control.post('rows', { table: 'systemuser', rows: [owner] });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

/** Asks until it holds, and answers what was asked last. */
async function until<Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    const value = await ask();
    if (holds(value) || waitedMs > timeoutMs) return value;
    await sleep(200);
  }
}

async function person(fields: Values): Promise<number> {
  const [id] = await lockstep.marketo.createPersons([fields]);
  return id ?? 0;
}

const call = async (path: string, body?: unknown): Promise<Values> => {
  const answer = await fetch(`${lockstep.processes.marketing.url}${path}`, {
    headers: { 'x-lockstep-key': key },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Values;
};

/** Asks by webhook, and waits for the end. */
async function ask(requestId: string, personId: number, asked: Values): Promise<Values> {
  await call('/requests', { requestId, personId, ...asked });
  return until(
    () => call(`/requests/webhook/${requestId}`),
    ({ state }) => state === 'DONE' || state === 'FAILED',
  );
}

const leadsOf = async (email: string): Promise<readonly Values[]> =>
  (await lockstep.dynamics.rows('lead')).filter(({ emailaddress1 }) => emailaddress1 === email);

it(
  'makes a person of Marketo a lead of its owner, once, links it, and tells that it is done',
  async () => {
    const email = 'ada@example.org';
    const personId = await person({ firstName: 'Ada', lastName: 'Byron', email });
    const asked = { request: 'sync', arguments: { owner: 'olga@crm.example' } };

    const first = await ask('sync-1', personId, asked);
    const repeated = await ask('sync-1', personId, asked);
    const again = await ask('sync-2', personId, asked);
    await lockstep.waitUntilInSync({ timeoutMs });

    expect([first, repeated, again]).toMatchObject([
      { state: 'DONE', requestId: 'webhook/sync-1' },
      { state: 'DONE' },
      { state: 'DONE', requestId: 'webhook/sync-2' },
    ]);
    const leads = await leadsOf(email);
    expect(leads).toMatchObject([{ firstname: 'Ada', _ownerid_value: owner.systemuserid }]);
    expect((await lockstep.marketo.personOfRow(String(leads[0]?.['leadid']))).id).toBe(personId);

    await lockstep.marketo.editPerson(personId, { lastName: 'Lovelace' });
    await until(
      () => leadsOf(email),
      ([lead]) => lead?.['lastname'] === 'Lovelace',
    );
    expect(await leadsOf(email)).toMatchObject([{ lastname: 'Lovelace' }]);
  },
  3 * timeoutMs,
);

it(
  'makes nothing for an owner whom nobody knows, and tells why',
  async () => {
    const email = 'charles@example.org';
    const personId = await person({ lastName: 'Babbage', email });

    const end = await ask('sync-3', personId, { request: 'sync', arguments: { owner: 'nobody' } });

    expect(end).toMatchObject({ state: 'FAILED', code: 'OWNER_UNKNOWN' });
    expect(await leadsOf(email)).toEqual([]);
  },
  2 * timeoutMs,
);

it(
  'makes one task about a lead, however often it is asked for, and changes the owner',
  async () => {
    const email = 'grace@example.org';
    const personId = await person({ firstName: 'Grace', lastName: 'Hopper', email });
    const task = { request: 'create task', arguments: { subject: 'Call Grace', due: '2027-03-31' } };

    const ends = [await ask('task-1', personId, task), await ask('task-1', personId, task)];
    const assigned = await ask('owner-1', personId, {
      request: 'change owner',
      arguments: { owner: 'Olga Owner' },
    });

    expect(ends).toMatchObject([{ state: 'DONE', requestId: 'webhook/task-1' }, { state: 'DONE' }]);
    expect(assigned).toMatchObject({ state: 'DONE' });
    const [lead] = await leadsOf(email);
    expect(lead).toMatchObject({ _ownerid_value: owner.systemuserid });
    expect(await lockstep.dynamics.rows('task')).toMatchObject([
      {
        ...{ subject: 'Call Grace', scheduledend: '2027-03-31T12:00:00Z' },
        _regardingobjectid_value: lead?.['leadid'],
      },
    ]);
  },
  3 * timeoutMs,
);

it(
  'shows a lead on the list of a campaign, and takes it off again',
  async () => {
    const campaignid = '3a4f0e4c-0a4e-4f54-9a53-3a6b8a7a1c21';
    await lockstep.dynamics.control.post('rows', {
      table: 'campaign',
      rows: [{ campaignid, name: 'Spring' }],
    });
    const email = 'hedy@example.org';
    const personId = await person({ lastName: 'Lamarr', email });
    const campaign = { campaign: 'Spring' };

    const added = await ask('add-1', personId, { request: 'add to campaign', arguments: campaign });
    const [lead] = await leadsOf(email);
    const members = await lockstep.dynamics.rows('listmember');
    const removed = await ask('remove-1', personId, {
      request: 'remove from campaign',
      arguments: campaign,
    });

    expect([added, removed]).toMatchObject([{ state: 'DONE' }, { state: 'DONE' }]);
    expect(members).toMatchObject([{ _entityid_value: lead?.['leadid'] }]);
    const [list] = await lockstep.dynamics.rows('list');
    expect(list).toMatchObject({ listname: `Mkto-leads-${campaignid}`, createdfromcode: 4 });
    expect(await lockstep.dynamics.rows('campaignitem')).toMatchObject([
      { campaignid, entityid: list?.['listid'] },
    ]);
    expect(await lockstep.dynamics.rows('listmember')).toEqual([]);
  },
  3 * timeoutMs,
);
