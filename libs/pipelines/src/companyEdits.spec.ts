import { createEntityFlow } from './entityFlow.ts';
import { exampleId } from './pipelineFixtures.ts';

const [accountId, contactId] = [exampleId(1), exampleId(3)];
const parentcustomerid = { id: accountId, table: 'account' };

/** A contact of an account, both in Marketo, whose person was read once. */
async function createCompany(writeBack: readonly string[]) {
  const flow = createEntityFlow([], { writeBack });
  await flow.stores.syncState.markFirstReadsComplete();
  await flow.row('account', accountId, { version: 1, name: 'Example Ltd' });
  await flow.row('contact', contactId, { version: 2, lastname: 'Byron', parentcustomerid });
  const person = flow.marketo.persons()[0]?.id ?? '';
  await flow.shown(person, 50, { company: 'Example Ltd', externalCompanyId: accountId });

  return { ...flow, edit: (name: string) => flow.shown(person, 60, { company: name }) };
}

it('an edit of a company that a person shows is written to its account, guarded by the version', async () => {
  const { edit, writes, companies } = await createCompany(['company']);

  await edit('Example plc');

  expect(writes.map(({ entry }) => entry)).toMatchObject([
    { table: 'account', rowId: accountId, ifMatch: { number: 1 }, columns: { name: 'Example plc' } },
  ]);
  expect(companies()).toMatchObject([{ company: 'Example Ltd' }]);
});

it('an edit of a company that is not written back waits with a code until the account changes', async () => {
  const { edit, writes, row, companies, stores } = await createCompany([]);
  await edit('Example plc');
  expect(writes).toEqual([]);
  expect((await stores.troubles.count(10)).counts).toMatchObject([{ code: 'COMPANY_EDITED' }]);

  await row('account', accountId, { version: 5, name: 'Example Ltd', telephone1: '1' });
  expect(companies()).toMatchObject([{ company: 'Example Ltd', mainPhone: '1' }]);
  expect((await stores.troubles.count(10)).counts).toEqual([]);
});
