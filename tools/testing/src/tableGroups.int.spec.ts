import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from './serviceProcess.ts';
import { startExtraction, type Extraction } from './startExtraction.ts';

const testTimeoutMs = 120_000;

let extraction: Extraction;

beforeAll(async () => {
  extraction = await startExtraction({});
}, testTimeoutMs);

afterAll(() => extraction.close());

async function untilEnded(process: ServiceProcess): Promise<void> {
  for (let waitedMs = 0; process.exitCode() === null; waitedMs += 200) {
    if (waitedMs > testTimeoutMs / 2) throw new Error(`${process.name} goes on`);
    await sleep(200);
  }
}

/** Two groups with one table fenced each other at every start, so neither got on, and no message named the setting. */
it(
  'stops an extractor whose table another group reads, and leaves the other group alone',
  async () => {
    const { services } = extraction;
    const start = (group: string, tables: string): Promise<ServiceProcess> =>
      services.start('extractor', group, { TABLE_GROUP: group, DYNAMICS_TABLES: tables });
    const first = await start('people', 'lead,contact');
    await services.untilReady([first]);
    const second = await start('late', 'opportunity,contact');
    const apart = await start('apart', 'account');
    await services.untilReady([apart]);
    await untilEnded(second);

    expect(second.exitCode()).not.toBe(0);
    const words = await second.lastLines();
    for (const word of ['TABLES_OVERLAP', 'extractor/late', 'extractor/people', 'contact'])
      expect(words).toContain(word);
    expect(await first.whyNotReady()).toBeNull();
    expect(await first.lastLines(1_000)).not.toContain('KAFKA_FENCED');
  },
  testTimeoutMs,
);
