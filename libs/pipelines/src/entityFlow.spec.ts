import { topics, type GoldenEvent, type WriteCommand } from '@lockstep/change-events';
import { createEntityFlow } from './entityFlow.ts';
import { eventsOf, exampleId } from './pipelineFixtures.ts';

const [accountId, userId, contactId] = [exampleId(1), exampleId(2), exampleId(3)];
const owner = { ownerid: { id: userId, table: 'systemuser' } };
const user = { version: 1, lastname: 'Example', internalemailaddress: 'ann@example.com' };

describe('an account and its owner', () => {
  it('become a company and a salesperson that are related, whichever comes first', async () => {
    const { row, wake, companies, salespersons } = createEntityFlow();

    await row('account', accountId, { version: 1, name: 'Example Ltd', ...owner });
    expect(companies()).toEqual([{ externalCompanyId: accountId, company: 'Example Ltd' }]);
    await row('systemuser', userId, user);
    await wake('account', accountId, 15_000);

    expect(salespersons()).toMatchObject([{ externalSalesPersonId: userId, email: 'ann@example.com' }]);
    expect(companies()).toMatchObject([{ company: 'Example Ltd', externalSalesPersonId: userId }]);
  });

  it('are related at once when the owner is there', async () => {
    const { row, companies } = createEntityFlow();
    await row('systemuser', userId, user);

    await row('account', accountId, { version: 1, name: 'Example Ltd', ...owner });

    expect(companies()).toMatchObject([{ externalSalesPersonId: userId }]);
  });

  it('are told of on topics of their own, and on no other', async () => {
    const { row, log } = createEntityFlow();
    await row('systemuser', userId, user);
    await row('account', accountId, { version: 1, name: 'Example Ltd', ...owner });

    const told = (entity: string) => eventsOf<GoldenEvent>(log, topics.goldenChanges(entity));

    expect(told('user').at(-1)).toMatchObject({ kind: null, fields: { lastName: 'Example' } });
    expect(told('account').at(-1)?.rows).toMatchObject([
      { system: 'dynamics', table: 'account', id: accountId },
      { system: 'marketo', table: 'company' },
    ]);
    expect(told('person')).toEqual([]);
  });

  it('go through the lane in which they came', async () => {
    const { log, row } = createEntityFlow();

    await row('account', accountId, { version: 1, name: 'Example Ltd' });

    expect(eventsOf<WriteCommand>(log, topics.writes)).toMatchObject([{ lane: 'LIVE', entity: 'company' }]);
    expect(eventsOf<WriteCommand>(log, topics.writesBackfill)).toEqual([]);
  });
});

describe('an edit of an account', () => {
  it('follows, and a repeat writes nothing', async () => {
    const { row, log, companies } = createEntityFlow();
    await row('account', accountId, { version: 1, name: 'Example Ltd' });
    await row('account', accountId, { version: 2, name: 'Example plc' });
    const sent = eventsOf(log, topics.writes).length;

    await row('account', accountId, { version: 2, name: 'Example plc' });

    expect(companies()).toEqual([{ externalCompanyId: accountId, company: 'Example plc' }]);
    expect(sent).toBe(2);
    expect(eventsOf(log, topics.writes)).toHaveLength(sent);
  });

  it('is not lost when its owner dies between the save and the publishing', async () => {
    const { row, faults, restart, companies } = createEntityFlow();
    faults.at = 'commit';
    await expect(row('account', accountId, { version: 1, name: 'Example Ltd' })).rejects.toThrow();
    expect(companies()).toEqual([]);

    await restart();

    expect(companies()).toEqual([{ externalCompanyId: accountId, company: 'Example Ltd' }]);
  });
});

describe('a contact', () => {
  const contact = {
    version: 1,
    lastname: 'Byron',
    parentcustomerid: { id: accountId, table: 'account' },
    ...owner,
  };
  const linksOf = async ({ marketo }: ReturnType<typeof createEntityFlow>) =>
    marketo
      .persons()
      .map(({ fields }) => [
        fields['externalCompanyId'],
        fields['externalSalesPersonId'],
        fields['lastName'],
      ]);

  it('is a person of its company and its salesperson once they are there, and waits for nothing else', async () => {
    const setting = createEntityFlow();
    await setting.stores.syncState.markFirstReadsComplete();
    const { row, wake } = setting;

    await row('contact', contactId, contact);
    expect(await linksOf(setting)).toEqual([[null, null, 'Byron']]);
    await row('account', accountId, { version: 2, name: 'Example Ltd' });
    await row('systemuser', userId, user);
    await wake('contact', contactId, 15_000);

    expect(await linksOf(setting)).toEqual([[accountId, userId, 'Byron']]);
  });

  it('is created with both when they are there', async () => {
    const setting = createEntityFlow();
    await setting.stores.syncState.markFirstReadsComplete();
    const { row, log } = setting;
    await row('account', accountId, { version: 2, name: 'Example Ltd' });
    await row('systemuser', userId, user);

    await row('contact', contactId, contact);

    expect(await linksOf(setting)).toEqual([[accountId, userId, 'Byron']]);
    expect(eventsOf<WriteCommand>(log, topics.writes).at(-1)).toMatchObject({ operation: 'CREATE' });
  });
});

it('an opportunity is one of its company, and goes when it is deleted; its company stays', async () => {
  const { row, remove, opportunities, companies } = createEntityFlow();
  await row('account', accountId, { version: 1, name: 'Example Ltd' });
  const opportunity = { version: 2, name: '40 engines', customerid: { id: accountId, table: 'account' } };
  await row('opportunity', contactId, opportunity);
  expect(opportunities()).toMatchObject([{ name: '40 engines', externalCompanyId: accountId }]);

  await remove('opportunity', contactId, 3);
  await remove('account', accountId, 4);

  expect(opportunities()).toEqual([]);
  expect(companies()).toHaveLength(1);
});

it('an opportunity of a contact is one of the company of that contact', async () => {
  const { row, opportunities, stores } = createEntityFlow();
  await stores.syncState.markFirstReadsComplete();
  await row('account', accountId, { version: 1, name: 'Example Ltd' });
  const parentcustomerid = { id: accountId, table: 'account' };
  await row('contact', contactId, { version: 2, lastname: 'Byron', parentcustomerid });

  const customerid = { id: contactId, table: 'contact' };
  await row('opportunity', exampleId(4), { version: 3, name: '40 engines', customerid });

  expect(opportunities()).toMatchObject([{ name: '40 engines', externalCompanyId: accountId }]);
});

it('the contact that is the customer of an opportunity has a role there, which goes to another customer and goes with it', async () => {
  const { row, remove, roles, marketo, stores } = createEntityFlow();
  await stores.syncState.markFirstReadsComplete();
  const [first, second, opportunityId] = [contactId, exampleId(7), exampleId(4)];
  await row('contact', first, { version: 1, lastname: 'Byron' });
  await row('contact', second, { version: 2, lastname: 'Babbage' });
  const leadIds = marketo.persons().map(({ id }) => Number(id));
  const customer = (version: number, id: string, table = 'contact') =>
    row('opportunity', opportunityId, { version, name: '40 engines', customerid: { id, table } });
  const ofPerson = () => roles().map(({ leadId, role }) => [leadId, role]);

  await customer(3, accountId, 'account');
  expect(ofPerson()).toEqual([]);
  await customer(4, first);
  expect(ofPerson()).toEqual([[leadIds[0], 'Potential Customer']]);
  await customer(5, second);
  expect(ofPerson()).toEqual([[leadIds[1], 'Potential Customer']]);
  await customer(6, accountId, 'account');
  expect(ofPerson()).toEqual([]);
  await customer(7, first);
  await remove('opportunity', opportunityId, 9);

  expect(ofPerson()).toEqual([]);
});

it('does not take the number of a company for that of a person', async () => {
  const { row, stores, companies } = createEntityFlow();

  await row('account', accountId, { version: 1, name: 'Example Ltd', emailaddress1: 'info@example.com' });

  expect(companies()).toHaveLength(1);
  expect(await stores.links.resolve(['marketo/person/1'])).toEqual(new Map());
  expect(await stores.claims.read(['email/info@example.com'])).toEqual(new Map());
});

it('a stakeholder of an opportunity has a role there, which goes before the opportunity does', async () => {
  const setting = createEntityFlow();
  await setting.stores.syncState.markFirstReadsComplete();
  const { row, remove, wake, roles, opportunities } = setting;
  const [opportunityId, connectionId, roleId] = [exampleId(4), exampleId(5), exampleId(6)];
  const connection = {
    record1id: { id: opportunityId, table: 'opportunity' },
    record2id: { id: contactId, table: 'contact' },
    record2roleid: { id: roleId, table: 'connectionrole' },
  };
  await row('connection', connectionId, { version: 1, ...connection });
  await row('connectionrole', roleId, { version: 2, name: 'Buyer' });
  await row('contact', contactId, { version: 3, lastname: 'Byron' });
  await row('opportunity', opportunityId, { version: 4, name: '40 engines' });
  await wake('connection', connectionId, 15_000);
  const [person] = setting.marketo.persons();
  expect(roles()).toEqual([
    { externalOpportunityId: opportunityId, leadId: Number(person?.id), role: 'Buyer' },
  ]);

  const seller = { id: exampleId(8), table: 'connectionrole' };
  await row('connectionrole', seller.id, { version: 5, name: 'Seller' });
  await row('connection', connectionId, { version: 6, ...connection, record2roleid: seller });
  expect(roles()).toMatchObject([{ role: 'Seller' }]);

  await remove('opportunity', opportunityId, 7);
  expect(opportunities()).toHaveLength(1);
  await remove('connection', connectionId, 8);
  await wake('opportunity', opportunityId, 15_000);

  expect([roles(), opportunities()]).toEqual([[], []]);
});

describe('accounts and opportunities that go to Marketo only with their people (G-09)', () => {
  const [opportunityId, leadContactId] = [exampleId(4), exampleId(5)];
  const filters = { byTable: { contact: adult() }, onlyNamed: ['account', 'opportunity'] };

  function adult() {
    return { name: 'new_in', test: { operator: 'is', operand: [true] } } as const;
  }
  const contact = (isIn: boolean, version: number) => ({
    ...{ version, lastname: 'Byron', new_in: isIn },
    parentcustomerid: { id: accountId, table: 'account' },
  });

  it('stay out while nobody of them is in, and follow the first who is', async () => {
    const { row, stores, wakeDue, companies, opportunities, roles } = createEntityFlow([], {
      policy: { filters },
    });
    await stores.syncState.markFirstReadsComplete();
    await row('account', accountId, { version: 1, name: 'Example Ltd' });
    await row('contact', contactId, contact(false, 2));
    await row('opportunity', opportunityId, {
      ...{ version: 3, name: 'Deal', customerid: { id: contactId, table: 'contact' } },
    });
    await wakeDue(3_600_000);
    expect([companies(), opportunities(), roles()]).toEqual([[], [], []]);

    await row('contact', contactId, contact(true, 4));
    for (let round = 0; round < 4; round += 1) await wakeDue(3_600_000);

    expect(companies()).toMatchObject([{ externalCompanyId: accountId, company: 'Example Ltd' }]);
    expect(opportunities()).toMatchObject([{ externalOpportunityId: opportunityId }]);
    expect(roles()).toMatchObject([{ externalOpportunityId: opportunityId }]);
  });

  it('are let in by whoever comes before them', async () => {
    const { row, stores, wakeDue, companies, marketo } = createEntityFlow([], { policy: { filters } });
    await stores.syncState.markFirstReadsComplete();
    await row('contact', leadContactId, contact(true, 1));
    await row('account', accountId, { version: 2, name: 'Example Ltd' });
    expect(companies()).toEqual([]);

    for (let round = 0; round < 3; round += 1) await wakeDue(60_000);

    expect(companies()).toHaveLength(1);
    expect(marketo.persons()[0]?.fields).toMatchObject({ externalCompanyId: accountId });
  });
});
