import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let organization: OrganizationClient;

beforeEach(async () => {
  organization = await startClient();
  await organization.seed('lead', [{ lastname: 'Name 7' }]);
});
afterEach(() => organization.close());

/** A filter of so many characters that finds the one lead. */
function filterOf(characters: number): string {
  let filter = "lastname eq 'Name 7'";
  for (let index = 0; filter.length < characters; index += 1) filter += ` or lastname eq 'Other ${index}'`;
  return filter;
}

const read = (characters: number): Promise<Answered> =>
  organization.call(`leads?$select=lastname&$filter=${filterOf(characters).replaceAll(' ', '+')}`);

/** The same query inside a batch. */
function readInBatch(characters: number): Promise<Answered> {
  const address = `leads?$select=lastname&$filter=${filterOf(characters).replaceAll(' ', '+')}`;
  return organization.call('$batch', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary=all' },
    body: `--all\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET ${address} HTTP/1.1\r\n\r\n\r\n--all--\r\n`,
  });
}

describe('an address', () => {
  it('is answered up to 32 KB, above by the web server with a page, and in a batch up to 64 KB', async () => {
    // A quote takes three characters in an address.
    expect((await read(25_000)).body.value).toMatchObject([{ lastname: 'Name 7' }]);
    const refused = await read(40_000);
    expect([refused.status, refused.headers['content-type']]).toEqual([414, 'text/html; charset=utf-8']);
    expect(refused.text).toContain('Request URL Too Long');
    expect((await readInBatch(60_000)).text).toContain('"lastname":"Name 7"');
    const tooLong = await readInBatch(70_000);
    expect([tooLong.status, tooLong.text]).toEqual([400, expect.stringContaining('Uri string is too long')]);
  });

  it('is refused with the status that is set', async () => {
    await organization.control('settings', { longAddressStatus: 404 });
    expect((await read(40_000)).status).toBe(404);
  });

  it('is put into a batch by dynamics-web-api when it grows too long', async () => {
    const client = openDynamicsWebApi(organization.emulator);
    const query = { collection: 'leads', select: ['lastname'], filter: filterOf(40_000) };
    const { value } = await client.retrieveMultiple<Record<string, unknown>>(query);
    expect(value).toMatchObject([{ lastname: 'Name 7' }]);
    const calls = (await organization.control('calls'))['calls'] as { path: string; status: number }[];
    expect(calls.map(({ path, status }) => [path.slice(-7), status])).toContainEqual(['/$batch', 200]);
  });
});
