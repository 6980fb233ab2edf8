import { topics, type GoldenEvent } from '@lockstep/change-events';
import { goldenIdOf, newGoldenRecord, rowKey } from '@lockstep/reconciliation';
import { inMemoryStores } from '@lockstep/ports';
import { createEntityFlow } from './entityFlow.ts';
import { eventsOf, exampleId } from './pipelineFixtures.ts';
import { wakeSeekers } from './reconcile/wakeSeekers.ts';

const [accountId, otherId, contactId] = [exampleId(1), exampleId(2), exampleId(3)];
const contact = { lastname: 'Byron', emailaddress1: 'ann@example-works.com', parentcustomerid: null };
const account = { name: 'Example Works', websiteurl: 'www.example-works.com' };
const attachAccounts = { by: ['domain'], exceptDomains: [] } as const;

async function createFlow() {
  const flow = createEntityFlow([], { policy: { attachAccounts } });
  await flow.stores.syncState.markFirstReadsComplete();
  const goldenId = goldenIdOf(rowKey({ system: 'dynamics', table: 'contact', id: contactId }));
  const record = async () => (await flow.stores.golden.load([goldenId])).get(goldenId);

  return {
    ...flow,
    record,
    company: async () => (await record())?.fields['companyId']?.value,
    bound: () => flow.writes.map(({ entry }) => entry),
  };
}

it('a contact is attached to the account that is there, and its person to the company', async () => {
  const { row, wakeDue, company, bound, marketo, log } = await createFlow();
  await row('account', accountId, { version: 1, ...account });
  await row('contact', contactId, { version: 2, ...contact });
  await wakeDue(0);

  expect(await company()).toBe(accountId);
  expect(bound()).toMatchObject([
    { table: 'contact', rowId: contactId, columns: { parentcustomerid: accountId } },
  ]);
  expect(marketo.persons()[0]?.fields['externalCompanyId']).toBe(accountId);
  const [told] = eventsOf<GoldenEvent>(log, topics.goldenChanges('person')).slice(-1);
  expect(told?.changed).toMatchObject([{ field: 'companyId', after: accountId, rule: 'account-by-domain' }]);
});

it('an account that comes later attaches the contacts that looked for it', async () => {
  const { row, wakeDue, company, record } = await createFlow();
  await row('contact', contactId, { version: 1, ...contact });
  await wakeDue(0);
  expect([await company(), (await record())?.attaching]).toEqual([null, undefined]);

  await row('account', accountId, { version: 2, ...account });

  expect(await company()).toBe(accountId);
});

it('of two accounts with one website the one that is left attaches', async () => {
  const { row, remove, wakeDue, company, stores } = await createFlow();
  await row('account', accountId, { version: 1, ...account });
  await row('account', otherId, { version: 2, ...account });
  await row('contact', contactId, { version: 3, ...contact });
  await wakeDue(0);
  expect((await stores.troubles.count(10)).counts).toMatchObject([{ code: 'ACCOUNT_AMBIGUOUS' }]);

  await remove('account', otherId, 9);

  expect(await company()).toBe(accountId);
  expect((await stores.troubles.count(10)).counts).toEqual([]);
});

it('those who look for a key are woken page by page', async () => {
  const { golden } = inMemoryStores();
  const seekers = ['c', 'a', 'b'].map((id) => ({
    ...newGoldenRecord(id),
    keys: ['sought:domain/x.example'],
  }));
  await golden.save(seekers.map((record) => ({ record, expected: null })));
  const woken = async (target: string) => {
    const message = { kind: 'wake-up', goldenId: 'account', reason: 'seekers', target } as const;
    const messages = await wakeSeekers(golden, [message], 2);
    return messages.map((wakeUp) =>
      wakeUp.kind === 'wake-up' ? [wakeUp.goldenId, wakeUp.reason, wakeUp.target] : [],
    );
  };

  expect(await woken('domain/x.example')).toEqual([
    ['a', 'due', null],
    ['b', 'due', null],
    ['account', 'seekers', 'domain/x.example\nb'],
  ]);
  expect(await woken('domain/x.example\nb')).toEqual([['c', 'due', null]]);
});
