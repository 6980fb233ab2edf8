import { topics, type Notice } from '@lockstep/change-events';
import { untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const id = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c02';
/** As long as Dynamics takes it; the fields of Marketo hold 255. */
const subject = `${'Engines that weave '.repeat(15)} and more`;
const timeoutMs = 60_000;

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: [{ leadid: id, subject, firstname: 'Ada', emailaddress1: 'ada@example.org' }] },
    settings: { MARKETO_FIELD_POLICIES: 'crmTopic:truncate' },
  });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

it(
  'keeps a subject whole in Dynamics that Marketo holds cut in one field and not at all in another',
  async () => {
    const { dynamics, marketo } = lockstep;
    const personOf = () => marketo.personOfRow(id).catch(() => null);
    const person = await until(personOf, (found) => found !== null);
    const cut = subject.slice(0, 255).trimEnd();
    expect(person).toMatchObject({ firstName: 'Ada', crmTopic: cut, crmSubject: null });

    await marketo.editPerson(person?.id ?? 0, { lastName: 'Lovelace' });
    const rowOf = () => dynamics.row('lead', id);
    const row = await until(rowOf, ({ lastname }) => lastname === 'Lovelace');

    expect(row).toMatchObject({ subject });
    expect(await marketo.personOfRow(id)).toMatchObject({ crmTopic: cut, crmSubject: null });
    const told = await readTopics({ ...lockstep, names: [topics.notices] });
    const counts = told.map(({ value }) => value as Notice).filter(({ code }) => code === 'VALUES_UNFIT');
    expect(
      counts.map(({ facts, counts: { REJECTED, TRUNCATED } }) => [facts?.['field'], REJECTED, TRUNCATED]),
    ).toEqual(
      expect.arrayContaining([
        ['crmTopic', 0, 1],
        ['crmSubject', 1, 0],
      ]),
    );
  },
  3 * timeoutMs,
);
