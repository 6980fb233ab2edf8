import { topics, type ChangeEvent, type Notice } from '@lockstep/change-events';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const id = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c03';
/** The field of Marketo holds 255. */
const subject = `${'Engines that weave '.repeat(15)} and more`;
const timeoutMs = 60_000;

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: [{ leadid: id, subject, firstname: 'Ada', emailaddress1: 'ada@example.org' }] },
    settings: { API_TOKEN: operatorToken, WRITE_TO_MARKETO: 'observe' },
  });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

type Json = Readonly<Record<string, unknown>>;

const call = (path: string, body?: object) => askOperator(lockstep.processes.reconciler, path, body);

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean) =>
  untilHolds(ask, holds, timeoutMs);

const personOf = () => lockstep.marketo.personOfRow(id).catch(() => null);

it(
  'shows an operator what would be written, writes on command, and tells what is refused and tries it again',
  async () => {
    const status = await until(
      () => call('/v1/status'),
      ({ writes }) => (writes as { marketo: { records: number } }).marketo.records === 1,
    );
    expect(status).toMatchObject({ firstReadsComplete: true, lag: { live: expect.any(Number) } });
    expect(await personOf()).toBeNull();

    await call('/v1/control', { action: 'resume', target: 'reconciler/to-marketo', actor: 'ben' });
    const person = await until(personOf, (found) => found !== null);
    expect(person).toMatchObject({ firstName: 'Ada', crmTopic: null });

    const errors = await until(
      () => call('/v1/errors'),
      ({ groups }) => (groups as Json[]).length > 0,
    );
    expect(errors).toMatchObject({ groups: [{ side: 'marketo', code: '1077', records: 1 }], isWhole: true });
    const { records } = await call(`/v1/records?row=dynamics/lead/${id}`);
    const [record = {}] = records as Json[];
    expect(record).toMatchObject({
      troubles: expect.arrayContaining([expect.objectContaining({ field: 'topic' })]),
    });

    const path = `/v1/records/${String(record['goldenId'])}`;
    await call(`${path}/release`, { actor: 'ben' });
    await until(
      () => call(path),
      ({ troubledSince }) => Date.parse(String(troubledSince)) > Date.parse(String(record['troubledSince'])),
    );
    const { asked } = await call(`${path}/resync`, { actor: 'ben' });
    expect(asked).toEqual([`dynamics/lead/${id}`, `marketo/person/${person?.id ?? ''}`]);
    const isSettled = ({ open, waitsFor }: Json) => (open as unknown[]).length === 0 && waitsFor === null;
    await until(() => call(path), isSettled);
  },
  4 * timeoutMs,
);

type Source = { readonly target: string; readonly pausedAt: string | null };

const commandReading = (action: string, more: Json = {}) =>
  call('/v1/control', { action, target: 'marketo/person', actor: 'ben', ...more });

/** What was read of the feeds; a record that asks for its person is answered by another topic. */
async function citiesPublished(): Promise<unknown[]> {
  const messages = await readTopics({ ...lockstep, names: [topics.marketingChanges('lead')] });

  return messages.map(({ value }) => (value as ChangeEvent | null)?.fields?.['city']);
}

it(
  'pauses the reading of Marketo on command while writes to it go on, and reads afterwards what was missed',
  async () => {
    const isPaused = ({ tables }: Json) =>
      (tables as Source[]).some(({ target, pausedAt }) => target === 'marketo/person' && pausedAt !== null);
    const person = await until(personOf, (found) => found !== null);

    await commandReading('pause');
    await until(() => call('/v1/status'), isPaused);
    await lockstep.marketo.editPerson(Number(person?.id), { city: 'Ulm' });
    await lockstep.dynamics.editRow('lead', id, { jobtitle: 'Countess' });
    await until(personOf, (found) => found?.['title'] === 'Countess');
    expect(await citiesPublished()).not.toContain('Ulm');

    await commandReading('resume');
    await until(citiesPublished, (cities) => cities.includes('Ulm'));
    await until(
      () => lockstep.dynamics.row('lead', id),
      (row) => row['address1_city'] === 'Ulm',
    );
  },
  4 * timeoutMs,
);

it(
  'has the persons of a query of Marketo read again on command, and says how many there were',
  async () => {
    const person = await until(personOf, (found) => found !== null);
    const completed = async () => {
      const messages = await readTopics({ ...lockstep, names: [topics.notices] });
      const told = messages.map(({ value }) => value as Notice);
      return told.filter(({ code }) => code === 'BACKFILL_COMPLETED').map(({ counts }) => counts['rows']);
    };
    const untilCompleted = (count: number) => until(completed, ({ length }) => length === count);

    await commandReading('resnapshot', { filter: `email=nobody@example.org,${String(person?.['email'])}` });
    await untilCompleted(1);
    await commandReading('resnapshot', { from: new Date(Date.now() - 3_600_000).toISOString() });

    expect(await untilCompleted(2)).toEqual([1, 1]);
  },
  4 * timeoutMs,
);

it(
  'compares Marketo with what is published on command, and finds nothing where nothing differs',
  async () => {
    await commandReading('resync');
    const compared = async () => {
      const messages = await readTopics({ ...lockstep, names: [topics.notices] });
      const told = messages.map(({ value }) => value as Notice);
      return told.filter(({ code }) => code === 'PEOPLE_COMPARED').map(({ counts }) => counts);
    };

    const counts = await until(compared, ({ length }) => length === 1);
    expect(counts).toEqual([{ known: 1, published: 0, deletes: 0 }]);
  },
  4 * timeoutMs,
);
