import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { changeEventSchema, NotPacked, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsRow } from '@lockstep/ports';
import { bundleInto, makeRunFolder } from '@lockstep/testing';
import type { PageToPack } from './packPage.ts';
import { createPageThread, startPageThread, type PageThreadOptions } from './pageThread.ts';

const lead: TableDefinition = {
  table: 'lead',
  entitySet: 'leads',
  primaryKey: 'leadid',
  fields: [{ name: 'lastname', type: 'string' }],
};

const rowText = (number: number): string =>
  `{"@odata.etag":"W/\\"${number}\\"","leadid":"6b29fc40-ca47-4067-b31d-${String(number).padStart(12, '0')}","lastname":"Ada"}`;

const pageOf = (rows: readonly string[]): PageToPack => ({
  zipped: gzipSync(`{"value":[${rows.join()}],"@odata.nextLink":"https://contoso.crm.dynamics.com/next"}`),
  bytesMax: 10_000_000,
  definition: lead,
  schema: { id: 7, schema: changeEventSchema('lockstep.dynamics.lead', lead.fields) },
  context: {
    ...{ table: 'lead', page: { epoch: 1, number: 1 }, versionEpoch: 1, observedAt: '2026-11-21T10:00:00Z' },
    ...{ lane: 'BACKFILL', operation: 'SNAPSHOT' },
  },
});

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => rowText(100 + index));
const page = pageOf(rowsOf(3));

const messagesOf = (rows: readonly DynamicsRow[]) =>
  Promise.all(rows.map(async ({ packed }) => (await packed?.message())?.toString('latin1')));

/** A thread that does what `code` says with its port. */
const scripted = (code: string) => (): Worker =>
  new Worker(`const { parentPort: port } = require('node:worker_threads'); ${code}`, { eval: true });

const raise = (error: Error): never => {
  throw error;
};

/** It tells of one row and never of its message. */
const headsOnly = `port.on('message', ({ number }) => {
  const heads = { count: 1, versions: new Float64Array([7]), ids: 'x'.repeat(36), changedAt: '\\0'.repeat(20), changedBy: '\\0'.repeat(36), envelope: '{}' };
  port.postMessage({ number, heads, rowsPerPiece: 500 });
  AFTERWARDS
});`;

async function withThread<Result>(
  options: PageThreadOptions,
  work: (thread: ReturnType<typeof createPageThread>) => Promise<Result>,
): Promise<Result> {
  const thread = createPageThread(options);
  try {
    return await work(thread);
  } finally {
    await thread.close();
  }
}

describe('a thread for pages', () => {
  let folder = '';
  const start = (): Worker => startPageThread(pathToFileURL(join(folder, 'pageThread.mjs')));
  beforeAll(async () => {
    folder = await makeRunFolder();
    await bundleInto(folder, { pageThread: 'apps/extractor/src/pageThread.ts' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('packs pages of several pieces one after the other', () =>
    withThread({ start }, async (thread) => {
      const [many, few] = await Promise.all([thread.pack(pageOf(rowsOf(1_203))), thread.pack(page)]);
      const messages = await messagesOf(many.rows);

      expect(new Set(messages).size).toBe(1_203);
      expect(await messagesOf(few.rows)).toEqual(messages.slice(0, 3));
      expect(few.rows.map(({ version }) => version)).toEqual([100, 101, 102]);
    }));

  it('refuses a page that is not plain, and goes on with the next', () =>
    withThread({ start }, async (thread) => {
      await expect(thread.pack(pageOf([rowText(2), rowText(1)]))).rejects.toThrow('out of order');
      const late = await thread.pack(pageOf([rowText(1), rowText(2).replace('"Ada"', '[]')]));
      await expect(messagesOf(late.rows)).rejects.toThrow(NotPacked);

      expect((await thread.pack(page)).rows).toHaveLength(3);
    }));

  it('fails what waits when it dies or is closed in the middle of a page, and starts anew for the next', async () => {
    const starts = [scripted(headsOnly.replace('AFTERWARDS', 'process.exit(3)')), start];
    const reasons: string[] = [];
    await withThread(
      { start: () => (starts.shift() ?? start)(), onStopped: (reason) => reasons.push(reason) },
      async (thread) => {
        const { rows } = await thread.pack(page);
        await expect(messagesOf(rows)).rejects.toThrow(NotPacked);

        expect((await thread.pack(page)).rows).toHaveLength(3);
      },
    );

    expect(reasons).toEqual(['it ended with 3']);
  });

  it('fails what waits when it is closed, so that nobody waits for ever', async () => {
    const thread = createPageThread({ start: scripted(headsOnly.replace('AFTERWARDS', '')) });
    const { rows } = await thread.pack(page);
    const messages = messagesOf(rows);
    void messages.catch(() => undefined);
    await thread.close();

    await expect(messages).rejects.toThrow('closed');
  });

  it('is given up when it says nothing, and for good when it never does a page', async () => {
    let started = 0;
    const silent = () => {
      started += 1;
      return scripted(`port.on('message', () => {})`)();
    };
    await withThread({ start: silent, silenceMsMax: 20 }, async (thread) => {
      for (let attempt = 0; attempt < 5; attempt += 1)
        await expect(thread.pack(page)).rejects.toThrow(NotPacked);
    });

    expect(started).toBe(3);
  });

  it.each([
    ['is not there', () => new Worker('/nowhere/pageThread.mjs')],
    ['does not start', () => raise(new Error('ERR_WORKER_INIT_FAILED'))],
  ])('fails the page when its file %s', (_, start) =>
    withThread({ start }, async (thread) => {
      await expect(thread.pack(page)).rejects.toThrow(NotPacked);
    }),
  );
});
