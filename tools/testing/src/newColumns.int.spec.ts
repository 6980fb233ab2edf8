import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type ChangeEvent, type Notice } from '@lockstep/change-events';
import { readTopics } from './readTopics.ts';
import { startExtraction, type Extraction } from './startExtraction.ts';

const testTimeoutMs = 180_000;
const untilMs = 90_000;

let extraction: Extraction;

beforeAll(async () => {
  extraction = await startExtraction({
    DYNAMICS_TABLES: 'lead',
    NEW_COLUMNS_FROM: '2020-01-01T00:00:00Z',
    NEW_COLUMNS_TO: '2021-12-31T23:59:59Z',
    POLL_INTERVAL_MIN_MS: '200',
    POLL_INTERVAL_MAX_MS: '500',
  });
}, testTimeoutMs);

afterAll(() => extraction.close());

async function valuesOf<Value>(name: string): Promise<readonly Value[]> {
  const messages = await readTopics({ ...extraction, names: [name] });

  return messages.map(({ value }) => value as Value);
}

const events = () => valuesOf<ChangeEvent>(topics.dynamicsChanges('lead'));

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const startedAtMs = performance.now(); !(await isTrue()); await sleep(300))
    if (performance.now() - startedAtMs > untilMs)
      throw new Error(`waited in vain\n${await extraction.services.lastLines()}`);
}

/** The range reached the loop in its own tests only: no setting led to it. */
it(
  'announces a new column for the rows of the configured range only, and says when it is done',
  async () => {
    const { dynamics, services } = extraction;
    const stamped = (year: number) => {
      const atTime = `${year}-06-01T00:00:00Z`;

      return { lastname: `Of ${year}`, createdon: atTime, modifiedon: atTime };
    };
    const [, within] = await dynamics.createRows('lead', [2019, 2021, 2023].map(stamped));
    await services.untilReady([await services.start('extractor')]);
    await until(async () => (await events()).length === 3);

    const type = 'Microsoft.Dynamics.CRM.DecimalAttributeMetadata';
    const column = { '@odata.type': type, SchemaName: 'new_Height' };
    await dynamics.control.post('columns', { table: 'lead', column });
    await until(async () =>
      (await valuesOf<Notice>(topics.notices)).some(({ code }) => code === 'BACKFILL_COMPLETED'),
    );

    const announced = (await events()).filter(({ fields }) => fields?.['new_height'] === null);
    expect(announced.map(({ recordId }) => recordId)).toEqual([within]);
    expect(await events()).toHaveLength(4);
  },
  testTimeoutMs,
);

/**
 * Dataverse refuses every request that names a column which is gone, delta links too. The extractor went on naming it, told that
 * the table does not exist, and published nothing of it until its next look at the metadata, six hours later.
 */
it(
  'goes on at once with the columns that are left when one is removed',
  async () => {
    const { dynamics } = extraction;
    const notices = () => valuesOf<Notice>(topics.notices);
    await dynamics.control.delete('columns/lead/new_height');
    await dynamics.createRows('lead', [{ lastname: 'Of now' }]);
    await until(async () => (await events()).some(({ fields }) => fields?.['lastname'] === 'Of now'));

    const [latest] = (await events()).filter(({ fields }) => fields?.['lastname'] === 'Of now');
    expect(latest?.fields).not.toHaveProperty('new_height');
    const codes = (await notices()).map(({ code }) => code);
    expect(codes).toContain('COLUMN_STOPPED');
    expect(codes).not.toContain('TABLE_WAITS');
  },
  testTimeoutMs,
);
