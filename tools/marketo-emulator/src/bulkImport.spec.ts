import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope, TestClient } from './testClient.ts';
import { parse, tokenSince, withEmulator } from './testClient.ts';

interface Batch {
  readonly batchId: number;
  readonly status: string;
  readonly message?: string;
}

/** Sends a file as a form, as browsers and curl do. */
async function bring(client: TestClient, text: string, query = 'format=csv'): Promise<Envelope<Batch>> {
  const body = new FormData();
  body.append('file', new Blob([text], { type: 'text/csv' }), 'People.csv');
  const headers = { authorization: client.authorization };
  return parse(await fetch(`${client.url}/bulk/v1/leads.json?${query}`, { method: 'POST', headers, body }));
}

const first = ({ result = [] }: Envelope<Batch>): Batch => result[0] ?? { batchId: 0, status: 'none' };
const codeOf = ({ errors }: Envelope<unknown>) => errors?.[0]?.code;
const poll = async (client: TestClient, batchId: number): Promise<Batch> =>
  first(await client.get<Batch>(`../../bulk/v1/leads/batch/${batchId}.json`));
const advance = (client: TestClient) => client.control('POST', 'clock', { advanceMs: 11_000 });

/** Brings a file and lets it be imported. */
async function imported(client: TestClient, text: string, query?: string): Promise<Batch> {
  const { batchId } = first(await bring(client, text, query));
  await advance(client);
  return poll(client, batchId);
}

async function emails(client: TestClient): Promise<unknown[]> {
  const { persons } = await client.control<{ persons: { email: string }[] }>('GET', 'persons');
  return persons.map(({ email }) => email);
}

test('a file is queued, imported and complete, and its rows create and update persons', () =>
  withEmulator(async (client) => {
    const [known] = await client.upsert([{ email: 'a@x.co', city: 'Rome', fax: '1' }]);
    const receipt = first(await bring(client, 'email,city,fax\na@x.co,Ulm,\nb@x.co,"Bad, Ems",2\n'));

    expect(receipt).toMatchObject({ status: 'Queued', importId: String(receipt.batchId) });
    expect(await poll(client, receipt.batchId)).toEqual({ batchId: receipt.batchId, status: 'Importing' });
    await advance(client);
    expect(await poll(client, receipt.batchId)).toEqual({
      batchId: receipt.batchId,
      status: 'Complete',
      numOfLeadsProcessed: 2,
      numOfRowsFailed: 0,
      numOfRowsWithWarning: 0,
      message: 'Import succeeded, 2 records imported (2 members)',
    });
    expect(await client.control('GET', `persons/${known?.id}`)).toMatchObject({ city: 'Ulm', fax: '1' });
    expect(await emails(client)).toEqual(['a@x.co', 'b@x.co']);
    const path = `activities.json?activityTypeIds=12&nextPageToken=${await tokenSince(client)}`;
    expect((await client.get(path)).result?.[1]?.['attributes']).toContainEqual({
      name: 'Source Type',
      value: 'List import',
    });
  }));

test('rows that fail come back in a file of the same format with their reason, and the others go through', () =>
  withEmulator(async (client) => {
    const text = 'email\tunsubscribed\na@x.co\tperhaps\nb@x.co\ttrue\nc@x.co\n';
    const batch = await imported(client, text, 'format=tsv');
    const path = `../../bulk/v1/leads/batch/${batch.batchId}`;

    expect(batch.message).toBe('Import completed with errors, 1 records imported (1 members), 2 failed');
    expect(await (await client.fetchRest(`${path}/failures.json`)).text()).toBe(
      [
        'email\tunsubscribed\tImport Failure Reason',
        "a@x.co\tperhaps\tInvalid value for field 'unsubscribed' and value 'perhaps'",
        'c@x.co\tThe number of values is not that of the header\n',
      ].join('\n'),
    );
    expect(await (await client.fetchRest(`${path}/warnings.json`)).text()).toBe(
      'email\tunsubscribed\tImport Warning Reason\n',
    );
  }));

test('persons come to a list and to a partition, and lookupField id only updates', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'partitions', { name: 'Europe' });
    const { id: list } = await client.control<{ id: number }>('POST', 'lists', { name: 'Guests' });
    await imported(client, 'email\na@x.co\n', `format=csv&listId=${list}&partitionName=Europe`);
    const members = await client.get(`lists/${list}/leads.json?fields=email,leadPartitionId`);

    expect(members.result).toMatchObject([{ email: 'a@x.co', leadPartitionId: 2 }]);
    const id = String(members.result?.[0]?.['id']);
    const batch = await imported(client, `id,city\n${id},Ulm\n1,Bonn\n`, 'format=csv&lookupField=id');
    expect(batch).toMatchObject({ numOfLeadsProcessed: 1, numOfRowsFailed: 1 });
    expect(await client.control('GET', `persons/${id}`)).toMatchObject({ city: 'Ulm' });
  }));

test('two files are imported at a time, ten are open, and the next is refused with 1016', () =>
  withEmulator(async (client) => {
    const ids: number[] = [];
    for (let file = 0; file < 10; file += 1) ids.push(first(await bring(client, 'email\na@x.co\n')).batchId);
    const states = async (): Promise<string[]> =>
      Promise.all(ids.slice(0, 5).map(async (id) => (await poll(client, id)).status));

    expect(codeOf(await bring(client, 'email\na@x.co\n'))).toBe('1016');
    expect(await states()).toEqual(['Importing', 'Importing', 'Queued', 'Queued', 'Queued']);
    await advance(client);
    expect(await states()).toEqual(['Complete', 'Complete', 'Importing', 'Importing', 'Queued']);
    expect(codeOf(await bring(client, 'email\na@x.co\n'))).toBeUndefined();
  }));

test('one file at a time goes into a list: 1019', () =>
  withEmulator(async (client) => {
    const { id } = await client.control<{ id: number }>('POST', 'lists', { name: 'Guests' });
    await bring(client, 'email\na@x.co\n', `format=csv&listId=${id}`);

    expect(codeOf(await bring(client, 'email\na@x.co\n', `format=csv&listId=${id}`))).toBe('1019');
    await advance(client);
    expect(codeOf(await bring(client, 'email\na@x.co\n', `format=csv&listId=${id}`))).toBeUndefined();
  }));

test('refuses what is no form, no format, no key, list or batch that is there, and fails a file without rows', () =>
  withEmulator(async (client) => {
    const file = 'email\na@x.co\n';

    expect(codeOf(await client.post('../../bulk/v1/leads.json?format=csv', {}))).toBe('613');
    expect(codeOf(await bring(client, file, 'format=xml'))).toBe('1003');
    expect(codeOf(await bring(client, file, 'format=csv&lookupField=city'))).toBe('1011');
    expect(codeOf(await bring(client, file, 'format=csv&listId=7'))).toBe('1013');
    expect(codeOf(await client.get('../../bulk/v1/leads/batch/7.json'))).toBe('1013');
    expect(await imported(client, 'email\n')).toMatchObject({ status: 'Failed', numOfLeadsProcessed: 0 });
    expect(await emails(client)).toEqual([]);
  }));

// Who is still sending when the connection is closed sees it break, and never the answer.
test('a file of more than 10 MB is HTTP 413 once it has come in', () =>
  withEmulator(async (client) => {
    const bytes = 11 * 1024 * 1024;
    const head = [
      'POST /bulk/v1/leads.json?format=csv HTTP/1.1',
      'Host: marketo',
      `Content-Length: ${bytes}`,
    ];
    const socket = connect(Number(new URL(client.url).port)).setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => (answer += text));
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await sleep(100);

    expect(answer).toBe('');

    socket.write('x'.repeat(bytes));
    await once(socket, 'close');

    expect(answer).toMatch(/^HTTP\/1.1 413 .*Request Entity Too Large$/s);
  }));
