import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { createRawSender, type SentPage } from './rawSender.ts';
import { openFirstLoad } from './firstLoad.ts';
import { pagePreference } from './leadPages.ts';
import { readPeakMib } from './peakMemory.ts';

/** What the suite asks of its worker; each answers with the rows and the time they took. */
export type ExtractTask =
  | { readonly task: 'load'; readonly prefix: string; readonly record: boolean }
  | {
      readonly task: 'parse' | 'fetch';
      readonly address: string;
      readonly token: string;
      readonly pageSize: number;
    }
  | { readonly task: 'send'; readonly prefix: string }
  | { readonly task: 'memory' };

export type ExtractAnswer =
  | { readonly rows: number; readonly elapsedMs: number; readonly isResync?: boolean }
  | { readonly peakMib: number }
  | { readonly failure: string };

let recorded: readonly SentPage[] = [];

async function load(prefix: string, record: boolean): Promise<ExtractAnswer> {
  const firstLoad = await openFirstLoad(process.env, prefix, record);
  const startedMs = performance.now();
  const rows = await firstLoad.run();
  const elapsedMs = performance.now() - startedMs;
  if (record) recorded = firstLoad.sent();
  await firstLoad.close();
  return { rows, elapsedMs, isResync: firstLoad.isResync() };
}

type Read = Extract<ExtractTask, { readonly task: 'parse' | 'fetch' }>;
type Page = { readonly rows: number; readonly next: string | undefined };

/** Where each page was and how many rows it held, once `parse` has followed the links. */
let pages: { readonly address: string; readonly rows: number }[] = [];

const inflateAndParse = (bytes: Buffer): Page => {
  const page = JSON.parse(gunzipSync(bytes).toString()) as { value: unknown[]; '@odata.nextLink'?: string };
  return { rows: page.value.length, next: page['@odata.nextLink'] };
};

async function fetchPage({ token, pageSize }: Read, address: string): Promise<Buffer> {
  const headers = {
    authorization: `Bearer ${token}`,
    'accept-encoding': 'gzip',
    prefer: pagePreference(pageSize),
  };
  return Buffer.from(await (await request(address, { headers })).body.arrayBuffer());
}

/** What must be done in any case: fetch, inflate and parse every page. */
async function parse(read: Read): Promise<ExtractAnswer> {
  const startedMs = performance.now();
  const found: typeof pages = [];
  for (let address: string | undefined = read.address; address !== undefined;) {
    const page: Page = inflateAndParse(await fetchPage(read, address));
    found.push({ address, rows: page.rows });
    address = page.next;
  }
  pages = found;
  return { rows: rowsOf(found), elapsedMs: performance.now() - startedMs };
}

/** What the emulator serves: the bytes alone. */
async function fetchAll(read: Read): Promise<ExtractAnswer> {
  const startedMs = performance.now();
  for (const { address } of pages) await fetchPage(read, address);
  return { rows: rowsOf(pages), elapsedMs: performance.now() - startedMs };
}

const rowsOf = (read: typeof pages): number => read.reduce((sum, { rows }) => sum + rows, 0);

async function send(prefix: string): Promise<ExtractAnswer> {
  const sender = await createRawSender(process.env['KAFKA_BROKERS'] ?? '', prefix);
  const startedMs = performance.now();
  const rows = await sender.send(recorded);
  const elapsedMs = performance.now() - startedMs;
  await sender.close();
  return { rows, elapsedMs };
}

async function answer(task: ExtractTask): Promise<ExtractAnswer> {
  switch (task.task) {
    case 'load':
      return load(task.prefix, task.record);
    case 'parse':
      return parse(task);
    case 'fetch':
      return fetchAll(task);
    case 'send':
      return send(task.prefix);
    case 'memory':
      return { peakMib: await readPeakMib() };
  }
}

process.on('message', (task: ExtractTask) => {
  void answer(task).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('WORKER=ready\n');
