import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './controlApi.ts';
import { createTable } from './customTable.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const idOf = (n: number): string => `5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1d${n}`;
const [contactId, tripId, visitId] = [idOf(11), idOf(12), idOf(13)];
const timeoutMs = 60_000;
const text = `
customEntities:
  new_trip: { type: trip, person: new_contactid }
  new_visit: { type: visit, person: new_tripid.new_contactid }
`;

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-custom-'));
  const file = join(folder, 'lockstep.yaml');
  await writeFile(file, text);
  const fields = 'crmId:key,leadId:link:lead.id,new_name';
  lockstep = await startLockstep({
    prepare: async ({ dynamics }) => {
      await createTable(dynamics, 'Trip', { new_ContactId: 'contact' });
      await createTable(dynamics, 'Visit', { new_TripId: 'new_trip' });
    },
    settings: {
      DYNAMICS_TABLES: 'lead,contact,new_trip,new_visit',
      LOCKSTEP_FILE: file,
      MARKETO_CUSTOM_TYPES: `trip=${fields};visit=${fields}`,
      MARKETO_MAY_CREATE: 'custom-types',
    },
  });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const naming = (column: string, id: string, table: string): Values => ({
  [column]: id,
  [`${column}@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
});

const recordsOf = async (type: string): Promise<readonly Values[]> =>
  (await lockstep.marketo.control.get<{ records: Values[] }>(`objects/${type}`)).records;

/** Asks until it holds, and answers what was asked last. */
async function until<Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    const value = await ask();
    if (holds(value) || waitedMs > timeoutMs) return value;
    await sleep(200);
  }
}

it(
  'takes rows of custom tables to Marketo with their person, one or two hops away, follows their edits, and takes them away again',
  async () => {
    const { control } = lockstep.dynamics;
    const create = (table: string, row: Values) => control.post('rows', { table, rows: [row] });
    await create('new_visit', {
      new_visitid: visitId,
      new_name: 'Factory',
      ...naming('_new_tripid_value', tripId, 'new_trip'),
    });
    await create('new_trip', {
      new_tripid: tripId,
      new_name: 'London',
      ...naming('_new_contactid_value', contactId, 'contact'),
    });
    await create('contact', { contactid: contactId, lastname: 'Babbage' });

    const person = await until(
      () => lockstep.marketo.personOfRow(contactId).catch(() => null),
      (found) => found !== null,
    );
    const leadId = person?.id;
    expect(
      await until(
        () => recordsOf('trip'),
        ([first]) => first?.['leadId'] === leadId,
      ),
    ).toMatchObject([{ crmId: tripId, leadId, new_name: 'London' }]);
    expect(
      await until(
        () => recordsOf('visit'),
        ([first]) => first?.['leadId'] === leadId,
      ),
    ).toMatchObject([{ crmId: visitId, leadId, new_name: 'Factory' }]);

    await control.post('edits', { table: 'new_visit', id: visitId, fields: { new_name: 'Office' } });
    await until(
      () => recordsOf('visit'),
      ([first]) => first?.['new_name'] === 'Office',
    );
    await control.post('deletes', { table: 'new_visit', id: visitId });
    expect(
      await until(
        () => recordsOf('visit'),
        (found) => found.length === 0,
      ),
    ).toEqual([]);
    expect(await recordsOf('trip')).toHaveLength(1);
  },
  5 * timeoutMs,
);

it(
  'links rows of custom tables to the person that was made anew, and to the one that it was merged into',
  async () => {
    const { dynamics, marketo } = lockstep;
    const { id: former } = await marketo.personOfRow(contactId);
    const linkedTo = () => recordsOf('trip').then(([trip]) => trip?.['leadId']);

    await marketo.deletePerson(former);
    await dynamics.editRow('contact', contactId, { lastname: 'Lovelace' });
    const next = await until(linkedTo, (leadId) => leadId !== former);
    expect(next).toBe((await marketo.personOfRow(contactId)).id);

    const [winner] = await marketo.createPersons([{ lastName: 'Winner' }]);
    await marketo.control.post('merges', { winner, losers: [next] });
    expect(await until(linkedTo, (leadId) => leadId === winner)).toBe(winner);
  },
  5 * timeoutMs,
);
