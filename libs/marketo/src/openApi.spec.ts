import { personFields } from '@lockstep/change-events';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { openApiFile, readOpenApi } from '@lockstep/marketo-emulator/open-api';
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
  await people.readMerges(position);
  await marketo.budget.countOthers();
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
  it('go to seven addresses, and no other', async () => {
    const paths = (await callsOf(useEverything)).map(({ method, path }) => `${method} ${path.split('?')[0]}`);

    expect([...new Set(paths)].sort()).toEqual([
      'GET /rest/v1/activities.json',
      'GET /rest/v1/activities/deletedleads.json',
      'GET /rest/v1/activities/leadchanges.json',
      'GET /rest/v1/activities/pagingtoken.json',
      'GET /rest/v1/leads.json',
      'GET /rest/v1/stats/usage.json',
      'POST /rest/v1/leads.json',
    ]);
  });

  if (file !== undefined)
    it('are as the published document of the API allows', async () => {
      const openApi = readOpenApi(file);
      const faults = (await callsOf(useEverything)).flatMap(({ method, path, requestBody }) => {
        const url = new URL(path, 'http://marketo');
        const body = requestBody === '' || requestBody === null ? undefined : requestBody;
        const found = openApi.faultsOf({ method, url, body, answer: undefined }) ?? ['not in the document'];
        return found.map((fault) => `${method} ${url.pathname}: ${fault}`);
      });

      expect(faults).toEqual([]);
    });
});
