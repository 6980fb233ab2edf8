import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './controlApi.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const userId = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c11';
const accountId = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c12';
const contactId = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c13';
const timeoutMs = 60_000;

const naming = (column: string, id: string, table: string): Values => ({
  [column]: id,
  [`${column}@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
});

let lockstep: Lockstep;

beforeAll(async () => {
  const settings = {
    DYNAMICS_TABLES: 'lead,contact,account,systemuser,team,opportunity,connection,connectionrole',
  };
  lockstep = await startLockstep({ settings });
  const create = (table: string, row: Values) =>
    lockstep.dynamics.control.post('rows', { table, rows: [row] });
  await create('systemuser', {
    systemuserid: userId,
    firstname: 'Ada',
    lastname: 'Byron',
    internalemailaddress: 'ada@example.org',
  });
  await create('account', {
    accountid: accountId,
    name: 'Example Ltd',
    industrycode: 1,
    ...naming('_ownerid_value', userId, 'systemuser'),
  });
  await create('contact', {
    contactid: contactId,
    lastname: 'Babbage',
    ...naming('_ownerid_value', userId, 'systemuser'),
    ...naming('_parentcustomerid_value', accountId, 'account'),
  });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

const records = async (type: string): Promise<readonly Values[]> =>
  (await lockstep.marketo.control.get<{ records: Values[] }>(`objects/${type}`)).records;
const person = () => lockstep.marketo.personOfRow(contactId).catch(() => null);
const edit = (table: string, id: string, fields: Values) =>
  lockstep.dynamics.control.post('edits', { table, id, fields });
const company = async () =>
  (await records('company')).find(({ externalCompanyId }) => externalCompanyId === accountId);
const salesperson = async () =>
  (await records('salesPerson')).find(({ externalSalesPersonId }) => externalSalesPersonId === userId);

/** Asks until it holds, and answers what was asked last. */
async function until<Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    const value = await ask();
    if (holds(value) || waitedMs > timeoutMs) return value;
    await sleep(200);
  }
}

it(
  'takes an opportunity and its stakeholder to Marketo, and away again',
  async () => {
    const opportunityid = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c14';
    const row = { opportunityid, name: '40 engines', estimatedvalue: 1200.5, actualclosedate: '2026-12-24' };
    const rows = [{ ...row, ...naming('_customerid_value', accountId, 'account') }];
    await lockstep.dynamics.control.post('rows', { table: 'opportunity', rows });

    const made = await until(
      () => records('opportunity'),
      ([first]) => first?.['externalCompanyId'] === accountId,
    );
    const stakeholder = {
      connectionid: '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c15',
      ...naming('_record1id_value', opportunityid, 'opportunity'),
      ...naming('_record2id_value', contactId, 'contact'),
    };
    await lockstep.dynamics.control.post('rows', { table: 'connection', rows: [stakeholder] });
    const roles = await until(
      () => records('opportunityRole'),
      (found) => found.length > 0,
    );
    const remove = (table: string, id: string) => lockstep.dynamics.control.post('deletes', { table, id });
    await remove('connection', stakeholder.connectionid);
    await remove('opportunity', opportunityid);
    const left = await until(
      () => records('opportunity'),
      (found) => found.length === 0,
    );

    const values = { name: '40 engines', stage: 'Open', amount: 1200.5, closeDate: '2026-12-24' };
    expect(made).toMatchObject([{ externalOpportunityId: opportunityid, ...values }]);
    const leadId = (await person())?.id;
    expect(roles).toMatchObject([{ externalOpportunityId: opportunityid, leadId, role: 'Stakeholder' }]);
    expect(left).toEqual([]);
    expect(await records('opportunityRole')).toEqual([]);
  },
  3 * timeoutMs,
);

it(
  'gives the contact that is the customer of an opportunity a role there, and takes it away with the opportunity',
  async () => {
    const { control } = lockstep.dynamics;
    const opportunityid = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c16';
    const row = { opportunityid, name: '2 engines', ...naming('_customerid_value', contactId, 'contact') };
    await control.post('rows', { table: 'opportunity', rows: [row] });

    const roles = await until(
      () => records('opportunityRole'),
      (found) => found.length > 0,
    );
    const leadId = (await person())?.id;
    const role = 'Potential Customer';
    expect(roles).toMatchObject([{ externalOpportunityId: opportunityid, leadId, role }]);

    await control.post('deletes', { table: 'opportunity', id: opportunityid });
    const left = await until(
      () => records('opportunityRole'),
      (found) => found.length === 0,
    );
    expect(left).toEqual([]);
  },
  3 * timeoutMs,
);

describe('an account and its owner in Dynamics', () => {
  it(
    'are a company and a salesperson in Marketo, and the company names the salesperson',
    async () => {
      const found = await until(company, (record) => record?.['externalSalesPersonId'] === userId);

      expect(found).toMatchObject({ company: 'Example Ltd', externalSalesPersonId: userId });
      expect(await salesperson()).toMatchObject({ email: 'ada@example.org', lastName: 'Byron' });
    },
    2 * timeoutMs,
  );

  it(
    'are those of their contact, which shows the name of its company',
    async () => {
      const links = { externalCompanyId: accountId, externalSalesPersonId: userId };

      const found = await until(person, (values) => values?.['externalCompanyId'] === accountId);

      expect(found).toMatchObject({ ...links, lastName: 'Babbage', company: 'Example Ltd' });
      await lockstep.waitUntilInSync({ timeoutMs });
    },
    2 * timeoutMs,
  );

  it(
    'take their edits to Marketo',
    async () => {
      await edit('account', accountId, { name: 'Example plc', industrycode: null });
      await edit('systemuser', userId, { lastname: 'Lovelace' });

      const found = await until(company, (record) => record?.['company'] === 'Example plc');
      const user = await until(salesperson, (record) => record?.['lastName'] === 'Lovelace');

      expect(found).toMatchObject({ company: 'Example plc', industry: null });
      expect(user).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' });
      expect(await person()).toMatchObject({ company: 'Example plc' });
    },
    2 * timeoutMs,
  );

  it(
    'stay in Marketo when the account is deleted, which takes its contact along: that person is flagged',
    async () => {
      await lockstep.dynamics.control.post('deletes', { table: 'account', id: accountId });

      const found = await until(person, (values) => values?.['crmIsDeleted'] === true);

      expect(found).toMatchObject({ crmIsDeleted: true, externalCompanyId: accountId });
      await lockstep.waitUntilInSync({ timeoutMs });
      expect(await company()).toMatchObject({ company: 'Example plc' });
    },
    2 * timeoutMs,
  );
});
