import { personFields } from '@lockstep/change-events';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { openApiFile, readOpenApi } from '@lockstep/marketo-emulator/open-api';
import { setupProbes } from '@lockstep/ports';
import { createMarketo, type Marketo } from './createMarketo.ts';

const file = openApiFile;

type Call = { readonly method: string; readonly path: string; readonly requestBody: unknown };

/** Everything that we ask of Marketo, once. */
async function useEverything(marketo: Marketo): Promise<void> {
  const people = marketo.lane('FRESH');
  const input = [{ email: 'a@example.com', lastName: 'Reed' }];
  await people.upsert({ action: 'createOrUpdate', lookupField: 'email', input });
  const [person] = await people.findPersons('email', ['a@example.com', 'b@example.com']);
  const edit = { id: person?.id ?? '', lastName: null };
  await people.upsert({ action: 'updateOnly', lookupField: 'id', input: [edit] });
  const position = await people.openFeed(Date.UTC(2020, 0, 1));
  await people.readFeed(position);
  await people.readDeleted(position);
  await people.readMergesAndPartitions(position);
  await marketo.budget.countOthers();
  await useObjects(marketo, Number(person?.id));
  await useSetup(marketo);
}

async function useSetup({ setup }: Marketo): Promise<void> {
  for (const probe of setupProbes) await setup.probe(probe);
  await setup.describePersons();
  await setup.createPersonFields([{ name: 'crmParrot', type: 'string' }]);
  const owner = { name: 'owner', type: { object: 'lead', field: 'id' }, isKey: false };
  await setup.prepareType({
    ...{ apiName: 'car', fields: [{ name: 'vin', type: 'string', isKey: true }, owner] },
  });
  await setup.describeType('car');
}

async function useObjects(marketo: Marketo, leadId: number): Promise<void> {
  const objects = marketo.objects('FRESH');
  const company = { externalCompanyId: 'A-1', company: 'Example Ltd' };
  const opportunity = { externalOpportunityId: 'O-1', name: 'Chairs', externalCompanyId: 'A-1' };
  const role = { externalOpportunityId: 'O-1', leadId, role: 'Decider' };
  await objects.upsert('salesperson', [{ externalSalesPersonId: 'S-1', email: 'a@example.com' }]);
  await objects.upsert('company', [company]);
  await objects.upsert('opportunity', [opportunity]);
  await objects.upsert('role', [role]);
  await objects.find('salesperson', [{ externalSalesPersonId: 'S-1' }], ['email']);
  await objects.find('company', [company], ['company']);
  await objects.find('opportunity', [opportunity], ['name']);
  await objects.find('role', [role], ['isPrimary']);
  await objects.describe('company');
  await objects.remove('role', [role]);
  await objects.remove('opportunity', [opportunity]);
  await objects.remove('company', [company]);
  await objects.remove('salesperson', [{ externalSalesPersonId: 'S-1' }]);
}

async function callsOf(use: (marketo: Marketo) => Promise<void>): Promise<readonly Call[]> {
  const emulator = await startMarketoEmulator({ control: true });
  const clock = { now: Date.now, monotonic: () => performance.now(), sleep: () => Promise.resolve() };
  const marketo = createMarketo({ ...emulator, fields: personFields, clock });
  try {
    await use(marketo);
    const answer = await fetch(`${emulator.url}/_control/calls?limit=1000`);
    return ((await answer.json()) as { calls: Call[] }).calls;
  } finally {
    await marketo.close();
    await emulator.close();
  }
}

describe('our calls', () => {
  it('go to these addresses, and no other', async () => {
    const paths = (await callsOf(useEverything)).map(({ method, path }) => `${method} ${path.split('?')[0]}`);

    expect([...new Set(paths)].sort()).toEqual([
      'GET /rest/v1/activities.json',
      'GET /rest/v1/activities/deletedleads.json',
      'GET /rest/v1/activities/leadchanges.json',
      'GET /rest/v1/activities/pagingtoken.json',
      'GET /rest/v1/companies.json',
      'GET /rest/v1/companies/describe.json',
      'GET /rest/v1/customobjects/car/describe.json',
      'GET /rest/v1/customobjects/schema.json',
      'GET /rest/v1/leads.json',
      'GET /rest/v1/leads/describe2.json',
      'GET /rest/v1/opportunities.json',
      'GET /rest/v1/opportunities/describe.json',
      'GET /rest/v1/opportunities/roles/describe.json',
      'GET /rest/v1/salespersons.json',
      'GET /rest/v1/salespersons/describe.json',
      'GET /rest/v1/stats/usage.json',
      'POST /rest/v1/companies.json',
      'POST /rest/v1/companies/delete.json',
      'POST /rest/v1/customobjects/schema.json',
      'POST /rest/v1/customobjects/schema/car/addField.json',
      'POST /rest/v1/customobjects/schema/car/approve.json',
      'POST /rest/v1/leads.json',
      'POST /rest/v1/leads/schema/fields.json',
      'POST /rest/v1/opportunities.json',
      'POST /rest/v1/opportunities/delete.json',
      'POST /rest/v1/opportunities/roles.json',
      'POST /rest/v1/opportunities/roles/delete.json',
      'POST /rest/v1/salespersons.json',
      'POST /rest/v1/salespersons/delete.json',
    ]);
  });

  if (file !== undefined)
    it('are as the published document of the API allows', async () => {
      const openApi = readOpenApi(file);
      const faults = (await callsOf(useEverything)).flatMap(({ method, path, requestBody }) => {
        const url = new URL(path, 'http://marketo');
        // Any read may be posted, which the document does not tell of (marketo-rest 4).
        if (url.searchParams.get('_method') === 'GET') return [];
        const body = requestBody === '' || requestBody === null ? undefined : requestBody;
        const found = openApi.faultsOf({ method, url, body, answer: undefined }) ?? ['not in the document'];
        return found.map((fault) => `${method} ${url.pathname}: ${fault}`);
      });

      expect(faults).toEqual([]);
    });
});
