import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import { request } from 'undici';
import { startChild } from './childProcess.ts';
import { startEmulatorProcess, type EmulatorProcess } from './emulatorProcess.ts';
import { firstAddress, pagePreference } from './leadPages.ts';
import { measure, type Batch, type Measurement, type Rounds } from './measure.ts';

export type EmulatorSuiteOptions = Rounds & {
  readonly ceilingMin?: number;
  readonly rows?: number;
  readonly pageSize?: number;
};

type Page = { readonly address: string; readonly rows: number };

const defaultRows = 100_000;
const defaultPageSize = 5_000;
/** What a slow machine's loopback does with pages of this size. */
const defaultCeilingMin = 60_000;
const rawPagesMax = 20;
const mebibyte = 2 ** 20;
/** What a million leads may take. */
const memoryLimitMib = 3_072;
/** Reads every page in turn for ever, one per batch. */
function inTurn(pages: readonly Page[], read: (page: Page, index: number) => Promise<unknown>): Batch {
  let next = 0;
  return async () => {
    const index = next % pages.length;
    const page = pages[index] as Page;
    next += 1;
    await read(page, index);
    return page.rows;
  };
}

/** Follows the links once, which also builds the pages. The time of inflating is not counted. */
async function readCold(emulator: EmulatorProcess, first: string) {
  const pages: Page[] = [];
  const raw: Buffer[] = [];
  let elapsedMs = 0;
  for (let address: string | undefined = first; address !== undefined;) {
    const startedMs = performance.now();
    const bytes = await emulator.page(address);
    elapsedMs += performance.now() - startedMs;
    if (raw.length < rawPagesMax) raw.push(bytes);
    const body = JSON.parse(String(gunzipSync(bytes))) as { value: unknown[]; '@odata.nextLink'?: string };
    pages.push({ address, rows: body.value.length });
    address = body['@odata.nextLink'];
  }
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
  return { pages, raw, rows, rowsPerSecond: (rows * 1_000) / elapsedMs };
}

async function withRawServer<Result>(
  raw: readonly Buffer[],
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  for (const [index, bytes] of raw.entries())
    await writeFile(join(folder, String(index).padStart(4, '0')), bytes);
  const server = await startChild({
    file: 'tools/bench/src/rawPageServer.ts',
    environment: { RAW_PAGES_FOLDER: folder },
    lastName: 'RAW_PAGES_URL',
  });
  try {
    return await work(server.values['RAW_PAGES_URL'] ?? '');
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function rssMib(emulator: EmulatorProcess): Promise<number> {
  return (await emulator.control<{ rssBytes: number }>('memory')).rssBytes / mebibyte;
}

async function measureEmulator(
  emulator: EmulatorProcess,
  options: EmulatorSuiteOptions,
): Promise<readonly Measurement[]> {
  const { rows: count = defaultRows, ceilingMin = defaultCeilingMin } = options;
  const emptyMib = await rssMib(emulator);
  const startedMs = performance.now();
  await emulator.control('generate', { table: 'lead', count });
  const generated = (count * 1_000) / (performance.now() - startedMs);
  const storedMib = await rssMib(emulator);
  const cold = await readCold(emulator, firstAddress(tableDefinitions['lead'] as TableDefinition));
  const warm = await withRawServer(cold.raw, (url) =>
    measure(
      {
        name: 'warm pages, rows',
        unit: 'rows/s',
        ceilingMin,
        subject: inTurn(cold.pages, ({ address }) => emulator.page(address)),
        ceiling: inTurn(cold.pages, async (_page, index) =>
          (await request(`${url}/${index}`)).body.arrayBuffer(),
        ),
      },
      options,
    ),
  );
  const memory = (name: string, value: number): Measurement => ({
    name,
    unit: 'MiB',
    value,
    ceiling: memoryLimitMib,
    ceilingMin: 0,
  });
  return [
    warm,
    { ...warm, name: 'cold pages, rows', value: cold.rowsPerSecond },
    { ...warm, name: 'generated, to compare', value: generated },
    memory(`RSS with ${count.toLocaleString('en')} leads, pages cached`, await rssMib(emulator)),
    memory('RSS per 100,000 leads, before any read', ((storedMib - emptyMib) * 100_000) / count),
  ];
}

/**
 * Generates leads in an emulator of its own process and reads them page by page without inflating. The ceiling is a bare
 * node server that sends the same bytes from memory; of memory, what a million leads may take.
 */
export async function runEmulatorSuite(options: EmulatorSuiteOptions): Promise<readonly Measurement[]> {
  const pageSize = options.pageSize ?? defaultPageSize;
  const emulator = await startEmulatorProcess(pagePreference(pageSize));
  try {
    return await measureEmulator(emulator, options);
  } finally {
    await emulator.close();
  }
}
