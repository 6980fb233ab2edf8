import { readFileSync } from 'node:fs';
import { globalAgent } from 'node:https';
import {
  associate,
  batchOperation,
  boundAction,
  create,
  createWithReturnData,
  deleteRecord,
  disassociate,
  retrieve,
  retrieveAlternateKey,
  retrieveMultiple,
  retrieveMultipleNextPage,
  unboundAction,
  unboundFunction,
  update,
  WebApiConfig,
} from 'dataverse-webapi/lib/node';
import { msalToken } from './msalToken.ts';
import { startDataverseEmulator, type DataverseEmulator } from '../startDataverseEmulator.ts';

/**
 * The client `dataverse-webapi` from npm, unmodified. It knows https on the standard port only, so the process's own agent
 * leads it to the emulator's port and brings the authority to trust.
 */
const address = 'https://127.0.0.1';
const standardOptions = { ...globalAgent.options };
let emulator: DataverseEmulator;
let token: string;

beforeAll(async () => {
  emulator = await startDataverseEmulator({ https: true });
  const port = Number(new URL(emulator.url).port);
  Object.assign(globalAgent.options, { port, ca: readFileSync(emulator.caFile) });
  token = await msalToken(emulator, address);
});
afterAll(async () => {
  globalAgent.options = standardOptions;
  await emulator.close();
});

/** The client changes its configuration while it pages, so each test takes one of its own. */
function configuration(): WebApiConfig {
  return new WebApiConfig('9.2', token, address);
}

describe('the npm client dataverse-webapi', () => {
  it('creates, reads, updates and deletes a row', async () => {
    const row = await createWithReturnData(
      configuration(),
      'contacts',
      { lastname: 'Ek' },
      '$select=lastname',
    );
    const id = String(row['contactid']);
    await update(configuration(), 'contacts', id, { jobtitle: 'Buyer' });
    const read = await retrieve(configuration(), 'contacts', id, '$select=jobtitle,statecode');
    expect(read).toMatchObject({
      jobtitle: 'Buyer',
      'statecode@OData.Community.Display.V1.FormattedValue': 'Active',
    });
    await deleteRecord(configuration(), 'contacts', id);
    await expect(retrieve(configuration(), 'contacts', id)).rejects.toMatchObject({ code: '0x80040217' });
  });

  it('queries and follows the pages', async () => {
    for (const lastname of ['A', 'B', 'C']) await create(configuration(), 'leads', { lastname });
    const options = { maxPageSize: 2 };
    const query = '$select=lastname&$orderby=lastname';
    const first = await retrieveMultiple(configuration(), 'leads', query, options);
    const second = await retrieveMultipleNextPage(configuration(), first['@odata.nextLink'], options);
    expect([...first.value, ...second.value].map(({ lastname }) => lastname)).toEqual(['A', 'B', 'C']);
    const filtered = await retrieveMultiple(configuration(), 'leads', "$filter=lastname eq 'B'");
    expect(filtered.value).toHaveLength(1);
  });

  it('reaches a row by its alternate key, and adds and removes a child', async () => {
    const account = await create(configuration(), 'accounts', { name: 'Fabrikam', accountnumber: 'A1' });
    const contact = await create(configuration(), 'contacts', { lastname: 'Lind' });
    expect(await retrieveAlternateKey(configuration(), 'accounts', "accountnumber='A1'")).toMatchObject({
      accountid: account,
    });
    const contacts = ['accounts', account, 'contact_customer_accounts'] as const;
    await associate(configuration(), ...contacts, 'contacts', contact);
    const parent = async (): Promise<unknown> =>
      (await retrieve(configuration(), 'contacts', contact))['_parentcustomerid_value'];
    expect(await parent()).toBe(account);
    await disassociate(configuration(), ...contacts, contact);
    expect(await parent()).toBeNull();
  });

  it('sends a change set and a query in one batch', async () => {
    const change = (name: string) => ({ method: 'POST', queryString: 'accounts', entity: { name } });
    const query = "accounts?$select=name&$filter=startswith(name,'Batch')";
    const changes = [change('Batch A'), change('Batch B')];
    const answer = await batchOperation(configuration(), 'one', 'two', changes, [query]);
    expect(JSON.stringify(answer)).toContain('Batch B');
    const { value } = await retrieveMultiple(configuration(), 'accounts', "$filter=startswith(name,'Batch')");
    expect(value).toHaveLength(2);
  });

  it('calls actions, bound to a row and not', async () => {
    const lead = await create(configuration(), 'leads', { lastname: 'Berg', subject: 'Wants two' });
    const asked = { CreateAccount: false, CreateContact: false, CreateOpportunity: true, Status: -1 };
    await boundAction(configuration(), 'leads', lead, 'QualifyLead', asked);
    const { _qualifyingopportunityid_value: opportunity } = await retrieve(configuration(), 'leads', lead);
    await unboundAction(configuration(), 'LoseOpportunity', {
      Status: 4,
      OpportunityClose: { 'opportunityid@odata.bind': `/opportunities(${String(opportunity)})` },
    });
    expect(await retrieve(configuration(), 'opportunities', String(opportunity))).toMatchObject({
      statecode: 2,
      statuscode: 4,
    });
  });

  it('calls functions', async () => {
    expect(await unboundFunction(configuration(), 'WhoAmI')).toMatchObject({
      UserId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });
});
