import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { changeEventSchema, type TableDefinition, type EventPacking } from '@lockstep/change-events';
import { startDataverseEmulator } from '@lockstep/dataverse-emulator';
import type { DynamicsPage } from '@lockstep/ports';
import { bundleInto, makeRunFolder } from '@lockstep/testing';
import { createDynamics, type DynamicsOptions } from '../createDynamics.ts';

const lead: TableDefinition = {
  table: 'lead',
  entitySet: 'leads',
  primaryKey: 'leadid',
  fields: [{ name: 'description', type: 'string' }],
};
const packing: EventPacking = {
  schema: { id: 7, schema: changeEventSchema('lockstep.dynamics.lead', lead.fields) },
  context: () => ({
    ...{ table: 'lead', page: { epoch: 1, number: 1 }, versionEpoch: 1, observedAt: '2026-11-21T10:00:00Z' },
    ...{ lane: 'BACKFILL', operation: 'SNAPSHOT' },
  }),
};
const { signal } = new AbortController();

/** Digits that do not shrink much, always the same. */
const digitsOf = (number: number): string =>
  Array.from({ length: 40 }, (_, n) => (number * 7_919 + n * n * 104_729) % 99_991).join('');
const rowOf = (number: number): string =>
  `{"@odata.etag":"W/\\"${number}\\"","leadid":"6b29fc40-ca47-4067-b31d-${String(number).padStart(12, '0')}","description":"${digitsOf(number)}"}`;
const rows = Array.from({ length: 2_000 }, (_, index) => rowOf(index + 1));
const textOf = (list: readonly string[], origin: string): string =>
  `{"value":[${list.join()}],"@odata.nextLink":"${origin}/api/data/v9.2/leads?$skiptoken=2"}`;

describe('reading a page that may be packed', () => {
  let folder = '';
  let body = (_origin: string): Buffer => Buffer.alloc(0);
  let ways: string[] = [];
  const answering = (list: readonly string[]) => (origin: string) => gzipSync(textOf(list, origin));
  const server = createServer((_request, response) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    response
      .setHeader('content-type', 'application/json')
      .setHeader('content-encoding', 'gzip')
      .end(body(origin));
  });
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    folder = await makeRunFolder();
    await bundleInto(folder, { pageThread: 'apps/extractor/src/pageThread.ts' });
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function read(
    changes: Partial<DynamicsOptions> = {},
    asked: EventPacking | null = packing,
  ): Promise<DynamicsPage> {
    ways = [];
    const emulator = await startDataverseEmulator();
    const dynamics = await createDynamics({
      ...emulator,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      pageThread: { start: () => new Worker(join(folder, 'pageThread.mjs')) },
      onLargePage: (table, way) => ways.push(`${table} ${way}`),
      ...changes,
    });
    try {
      const page = await dynamics.readPage(lead, null, signal, asked);
      // While the thread is still there.
      await Promise.allSettled(page.rows.map(async ({ packed }) => packed?.message()));

      return page;
    } finally {
      await dynamics.close();
      await emulator.close();
    }
  }

  it('tells the same of a page whether its rows are packed or not', async () => {
    body = answering(rows);
    const { unpacked, rows: packed, ...page } = await read();
    const { rows: plain, ...expected } = await read({}, null);
    const headOf = ({ id, version, changedAt, changedBy }: (typeof plain)[number]) => ({
      id,
      version,
      changedAt,
      changedBy,
    });

    expect(page).toEqual(expected);
    expect(packed.map(headOf)).toEqual(plain.map(headOf));
    expect(packed.every((row) => row.packed !== undefined)).toBe(true);
    expect(await unpacked?.()).toEqual({ ...expected, rows: plain });
  });

  it.each([
    ['a page is small', rows.slice(0, 3), {}],
    ['rows come in another order', rows.toReversed(), {}],
    [
      'a row is deleted',
      ['{"@odata.context":"x/$deletedEntity","id":"6b29fc40-ca47-4067-b31d-000000000001"}', ...rows],
      {},
    ],
    ['the thread does not start', rows, { pageThread: { start: () => new Worker('/nowhere.mjs') } }],
  ])('reads by values when %s', async (_, list, changes) => {
    body = answering(list);
    const page = await read(changes);

    expect(page.unpacked).toBeUndefined();
    expect(page).toEqual(await read({}, null));
  });

  it.each([
    [
      'a row turns out to be odd',
      rowOf(9_999).replace('"description":"', '"description":["').replace(/"}$/, '"]}'),
      { reason: 'a nested value', rows: rows.length, refused: 1 },
    ],
    [
      'a row comes twice',
      rowOf(9_999).replace('000000009999', '000000000007'),
      { reason: 'a row that comes twice', rows: rows.length, refused: 0 },
    ],
  ])('keeps the page for the way by values when %s', async (_, last, { reason, ...counts }) => {
    body = answering([...rows, last]);
    const page = await read();
    const plain = await page.unpacked?.();

    await expect(page.rows.at(-1)?.packed?.message()).rejects.toThrow(reason);
    expect({ rows: plain?.rows.length, refused: plain?.refused.length }).toEqual(counts);
    expect(ways).toEqual(['lead packed', 'lead values']);
  });

  it('says of an answer that is too large what it has said ever', async () => {
    body = answering(rows);

    await expect(read({ answerBytesMax: 400_000 })).rejects.toMatchObject({
      code: 'DYNAMICS_ANSWER_INVALID',
      details: { bytesMax: 400_000 },
    });
  });

  it('says of an answer that does not unpack what it has said ever', async () => {
    body = (origin) => answering(rows)(origin).fill(0, 60_000, 61_000);

    await expect(read()).rejects.toMatchObject({
      code: 'DYNAMICS_UNREACHABLE',
      details: { reason: 'Z_DATA_ERROR' },
    });
  });
});
