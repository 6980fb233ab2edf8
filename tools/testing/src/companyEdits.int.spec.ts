import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOptionsColumn } from './customTable.ts';
import { untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const idOf = (n: number): string => `5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1e${n}`;
const [accountId, contactId, otherAccountId] = [idOf(11), idOf(12), idOf(13)];
const timeoutMs = 60_000;

const rules = `
accounts: { writeBack: [company, mainPhone], attach: { by: [name] } }
persons: { createInDynamics: { when: { field: jobTitle, contains: pilot }, as: contact } }
entities:
  account:
    fields:
      website: off
      sicCode: off
      tiers: { column: new_tiers, type: options, marketo: sicCode, labels: { 1: Gold, 2: Key } }
`;

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-company-'));
  await writeFile(join(folder, 'lockstep.yaml'), rules);
  lockstep = await startLockstep({
    prepare: async ({ dynamics }) => {
      await createOptionsColumn(dynamics, {
        ...{ table: 'account', name: 'tiers', options: { 1: 'Gold', 2: 'Key' } },
      });
      const account = {
        ...{ accountid: accountId, name: 'Example Ltd', revenue: 1200 },
        ...{ websiteurl: 'https://example.com', sic: '62', new_tiers: '2,1' },
      };
      const other = { accountid: otherAccountId, name: 'Air Works' };
      const parent = '_parentcustomerid_value';
      const naming = {
        [parent]: accountId,
        [`${parent}@Microsoft.Dynamics.CRM.lookuplogicalname`]: 'account',
      };
      const contact = { contactid: contactId, lastname: 'Byron', ...naming };
      await dynamics.control.post('rows', { table: 'account', rows: [account, other] });
      await dynamics.control.post('rows', { table: 'contact', rows: [contact] });
    },
    settings: { LOCKSTEP_FILE: join(folder, 'lockstep.yaml'), DYNAMICS_TABLES: 'lead,contact,account' },
  });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

it(
  'writes the edit of a company back to its account, and marks the one that will be overwritten',
  async () => {
    const { dynamics, marketo } = lockstep;
    const personOf = () => marketo.personOfRow(contactId).catch(() => null);
    const account = async () =>
      (await dynamics.rows('account')).find((row) => row['accountid'] === accountId);
    const person = await until(personOf, (found) => found?.['company'] === 'Example Ltd');
    expect(person).toMatchObject({ company: 'Example Ltd', annualRevenue: 1200 });
    // By the file, another column has the field of one that is off.
    expect(person).toMatchObject({ sicCode: 'Gold;Key', website: null });
    // What is read first is no edit: the person is read once as it is.
    await marketo.editPerson(person?.id ?? 0, { title: 'Engineer' });
    await until(
      () => dynamics.row('contact', contactId),
      ({ jobtitle }) => jobtitle === 'Engineer',
    );

    await marketo.editPerson(person?.id ?? 0, { company: 'Example plc', annualRevenue: 7 });
    expect(await until(account, (row) => row?.['name'] === 'Example plc')).toMatchObject({
      name: 'Example plc',
      revenue: '1200.0000',
    });

    // Our own write has changed the account, which overwrites the other edit.
    expect(await until(personOf, (found) => found?.['annualRevenue'] === 1200)).toMatchObject({
      company: 'Example plc',
      annualRevenue: 1200,
    });

    // Persons are read with this field for the sake of their company alone.
    await marketo.editPerson(person?.id ?? 0, { mainPhone: '2' });
    expect(await until(account, (row) => row?.['telephone1'] === '2')).toMatchObject({ name: 'Example plc' });
  },
  4 * timeoutMs,
);

it(
  'attaches the contact that it makes of a person of Marketo to the account that its company names',
  async () => {
    const { dynamics, marketo } = lockstep;
    const [amelia = 0] = await marketo.createPersons([
      { email: 'amelia@example.com', lastName: 'Earhart', title: 'Test pilot', company: 'air works' },
    ]);
    const contact = async () =>
      (await dynamics.rows('contact')).find(({ lastname }) => lastname === 'Earhart');

    const attached = await until(contact, (row) => row?.['_parentcustomerid_value'] === otherAccountId);
    expect(attached).toMatchObject({
      '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
      jobtitle: 'Test pilot',
    });

    const company = (found: Readonly<Record<string, unknown>>) => found['externalCompanyId'];
    const person = await until(
      () => marketo.person(amelia),
      (found) => company(found) === otherAccountId,
    );
    expect(person).toMatchObject({ company: 'Air Works' });
  },
  4 * timeoutMs,
);
