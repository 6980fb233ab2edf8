import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request } from 'undici';
import { beginGzip, endGzip } from '../core/gzipText.ts';
import { startClient, type Body, type OrganizationClient } from './organizationClient.ts';

const inflate = promisify(gunzip);
const labels = 'OData.Community.Display.V1.FormattedValue';
const prefer = `odata.track-changes,odata.maxpagesize=200,odata.include-annotations="${labels}"`;
const target = 'leads?$select=lastname,_ownerid_value';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
  await client.control('generate', { table: 'lead', count: 600, seed: 3 });
});
afterEach(() => client.close());

interface Packed {
  readonly encoding: unknown;
  readonly body: Body;
}

async function packed(address: string, headers: Record<string, string> = { prefer }): Promise<Packed> {
  const authorization = client.authorization();
  const url = address.startsWith('http') ? address : `${client.emulator.url}/api/data/v9.2/${address}`;
  const answer = await request(url, { headers: { authorization, 'accept-encoding': 'gzip', ...headers } });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const encoding = answer.headers['content-encoding'];
  const text = String(encoding === 'gzip' ? await inflate(bytes) : bytes);
  return { encoding, body: JSON.parse(text) as Body };
}

async function lastPage(page: Packed): Promise<Packed> {
  const next = page.body['@odata.nextLink'];
  return typeof next === 'string' ? lastPage(await packed(next)) : page;
}

function row({ body }: Packed, id: unknown): Record<string, unknown> | undefined {
  return body.value.find(({ leadid }) => leadid === id);
}

describe('packed pages', () => {
  it('hold what the plain answer holds, for zlib and for fetch', async () => {
    const plain = await client.call(target, { headers: { prefer } });
    const first = await packed(target);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(first.encoding).toBe('gzip');
    expect(first.body.value).toEqual(plain.body.value);
    const authorization = client.authorization();
    const fetched = await fetch(`${client.emulator.url}/api/data/v9.2/${target}`, {
      headers: { authorization, prefer },
    });
    expect(((await fetched.json()) as Body).value).toEqual(plain.body.value);
  });

  it('lead through the table like plain ones, to a delta link at the end', async () => {
    const first = await packed(target);
    const second = await packed(String(first.body['@odata.nextLink']));
    const last = await packed(String(second.body['@odata.nextLink']));
    const ids = [first, second, last].flatMap(({ body }) => body.value.map(({ leadid }) => leadid));
    expect(new Set(ids).size).toBe(600);
    expect(last.body['@odata.deltaLink']).toMatch(/\$deltatoken=/);
    expect((await packed(String(last.body['@odata.deltaLink']))).body.value).toEqual([]);
  });

  it('never hide an edit: the next read of the page and the delta show it', async () => {
    const before = await packed(target);
    const last = await lastPage(before);
    const [edited, deleted] = before.body.value.map(({ leadid }) => leadid);
    await client.control('edits', { table: 'lead', id: edited, fields: { lastname: 'Edited just now' } });
    await client.control('deletes', { table: 'lead', id: deleted });
    const after = await packed(target);
    expect([row(after, edited), row(after, deleted)]).toEqual([undefined, undefined]);
    expect(after.body.value).toHaveLength(200);
    expect(row(await lastPage(after), edited)).toMatchObject({ lastname: 'Edited just now' });
    const delta = await packed(String(last.body['@odata.deltaLink']));
    expect(delta.body.value).toMatchObject([
      { lastname: 'Edited just now' },
      { id: deleted, reason: 'deleted' },
    ]);
  });

  it('show the new name of a user who was renamed', async () => {
    const before = await packed(target);
    const owner = before.body.value[0]?.['_ownerid_value'];
    expect(before.body.value[0]?.[`_ownerid_value@${labels}`]).toBe('sales user');
    await client.control('edits', { table: 'systemuser', id: owner, fields: { fullname: 'Renamed' } });
    expect((await packed(target)).body.value[0]?.[`_ownerid_value@${labels}`]).toBe('Renamed');
  });

  it('blank a column that may no longer be read, and show it again', async () => {
    const name = async (): Promise<unknown> => (await packed(target)).body.value[0]?.['lastname'];
    const shown = await name();
    expect(shown).toEqual(expect.any(String));
    const security = { table: 'lead', column: 'lastname', secured: true };
    await client.control('columnSecurity', { ...security, canRead: false });
    expect(await name()).toBeNull();
    await client.control('columnSecurity', { ...security, canRead: true });
    expect(await name()).toBe(shown);
  });

  it('are those of the environment after a restore', async () => {
    const id = (await packed(target)).body.value[0]?.['leadid'];
    await client.control('snapshots', { name: 'before' });
    const edit = (lastname: string) => client.control('edits', { table: 'lead', id, fields: { lastname } });
    const lastNames = async (): Promise<unknown[]> =>
      (await packed('leads?$select=lastname', { prefer: 'odata.track-changes' })).body.value.map(
        (row) => row['lastname'],
      );
    await edit('First');
    expect(await lastNames()).toContain('First');
    await client.control('restore', { snapshot: 'before' });
    await edit('Second');
    expect(await lastNames()).toContain('Second');
    expect(await lastNames()).not.toContain('First');
  });

  it('differ by selection, annotations and settings', async () => {
    await packed(target);
    const other = await packed('leads?$select=firstname', { prefer: 'odata.track-changes' });
    expect(Object.keys(other.body.value[0] ?? {})).toEqual(['@odata.etag', 'firstname', 'leadid']);
    await client.control('settings', { pageSizeMax: 150 });
    expect((await packed(target)).body.value).toHaveLength(150);
    expect((await packed(target, { prefer, 'accept-encoding': 'gzip;q=0' })).encoding).toBeUndefined();
  });

  it('are left out for small answers', async () => {
    const small = { prefer: 'odata.track-changes,odata.maxpagesize=20' };
    expect((await packed(target, small)).encoding).toBeUndefined();
  });

  it('can be warmed without a counted call', async () => {
    const before = await client.control('calls');
    const body = { table: 'lead', select: 'lastname', pageSize: 300 };
    const warmed = await client.control('warm', body);
    expect(warmed).toMatchObject({ pages: 2 });
    expect(await client.control('warm', body)).toEqual(warmed);
    expect((await client.control('calls'))['last']).toBe(before['last']);
  });
});

describe('a gzip stream in two parts', () => {
  it('is one stream, and its beginning can be used again', async () => {
    const beginning = beginGzip('first, ');
    expect(String(await inflate(endGzip(beginning, 'second')))).toBe('first, second');
    expect(String(await inflate(endGzip(beginning, 'dritte 伊')))).toBe('first, dritte 伊');
  });
});
