import {
  personFields,
  topics,
  type DeliveryOutcome,
  type Notice,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import { createMarketo } from '@lockstep/marketo';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { createCallNumbers, createFieldCheck, deliverLanes } from '@lockstep/pipelines';
import { inMemoryEventLog, inMemoryStores, type CallLane } from '@lockstep/ports';
import { systemClock } from '@lockstep/service-runtime';
import { fieldPolicyOf } from './config.ts';

type Json = Readonly<Record<string, unknown>>;

const lease = { isHeld: () => true };
const goldenId = '00000000-0000-4000-8000-000000000001';

/** The delivery of the service, with the fields as the emulator describes them. */
async function startStage(policies: readonly string[]) {
  const emulator = await startMarketoEmulator({ control: true });
  const marketo = createMarketo({ ...emulator, fields: personFields, clock: systemClock });
  const control = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });

    return (await answer.json()) as Json;
  };
  const { ids } = await control('POST', 'persons', { persons: [{ lastName: 'Reed' }] });
  const personId = String((ids as readonly number[])[0]);
  const fields = new Map((await marketo.setup.describePersons()).map((field) => [field.name, field]));
  const log = inMemoryEventLog();
  const stop = new AbortController();
  const lane = (name: CallLane) => marketo.lane(name, lease);
  const delivering = deliverLanes(
    {
      ...{ people: lane('FRESH'), backfillPeople: lane('BACKFILL'), log, lease, clock: systemClock },
      ...{ objects: marketo.objects('FRESH', lease), backfillObjects: marketo.objects('BACKFILL', lease) },
      deliveries: inMemoryStores().deliveries,
      numbers: createCallNumbers(1),
      checkFields: createFieldCheck({ described: () => fields, policyOf: fieldPolicyOf(policies) }),
    },
    stop.signal,
  );
  const outcomes = () => log.messages(topics.outcomes).map(({ value }) => value as DeliveryOutcome);
  const writes = async () => {
    const { calls } = await control('GET', 'calls');

    return (calls as readonly Json[]).filter(
      ({ method, path }) => method === 'POST' && /leads/.test(String(path)),
    );
  };

  return {
    control,
    writes,
    notices: () => log.messages(topics.notices).map(({ value }) => value as Notice),
    person: () => control('GET', `persons/${personId}`),
    async send(values: ScalarValues): Promise<DeliveryOutcome> {
      const command: WriteCommand = {
        ...{ commandId: 'c-1', goldenId, revision: { epoch: 1, number: 1 }, operation: 'UPDATE', personId },
        ...{
          email: null,
          matchByEmail: false,
          fields: values,
          lane: 'LIVE',
          issuedAt: '2026-11-27T10:00:00Z',
        },
      };
      const publisher = await log.openPublisher('test');
      await publisher.publish([{ topic: topics.writes, key: goldenId, value: command }]);
      while (outcomes().length === 0) await systemClock.sleep(10, stop.signal);

      return outcomes()[0] as DeliveryOutcome;
    },
    close: async () => {
      stop.abort();
      await delivering;
      await marketo.close();
      await emulator.close();
    },
  };
}

describe('a value that does not fit its field of Marketo', () => {
  let stage: Awaited<ReturnType<typeof startStage>>;
  const start = async (...policies: string[]) => (stage = await startStage(policies));
  afterEach(() => stage.close());

  it.each<[string, ScalarValues, string]>([
    ['longer than its field', { title: 'x'.repeat(256) }, '1077'],
    ['an address that is not ASCII', { email: 'zoë@example.com' }, '1003'],
    ['a number in a text field', { title: 42 }, '1001'],
    ['of a field that is not there', { crmParrot: 'Polly' }, '1006'],
  ])(
    'is left out by default, the rest goes in one call, and a notice tells of it: %s',
    async (_what, bad, code) => {
      await start();
      const [field = ''] = Object.keys(bad);

      const outcome = await stage.send({ ...bad, city: 'Lyon' });

      expect(outcome).toMatchObject({
        result: 'UPDATED',
        accepted: { city: 'Lyon' },
        unfit: [{ field, code, fate: 'REJECTED' }],
      });
      expect(await stage.person()).toMatchObject({ city: 'Lyon', lastName: 'Reed' });
      expect(await stage.writes()).toMatchObject([{ codes: [] }]);
      expect(stage.notices()).toMatchObject([
        { code: 'VALUES_UNFIT', entity: `marketo/person/${field}`, counts: { REJECTED: 1 } },
      ]);
    },
  );

  it('costs no call when nothing else is to be sent', async () => {
    await start();

    const outcome = await stage.send({ title: 'x'.repeat(256), crmParrot: 'Polly' });

    expect(outcome).toMatchObject({ result: 'REFUSED', code: '1077', field: 'title' });
    expect(outcome.unfit?.map(({ field }) => field)).toEqual(['title', 'crmParrot']);
    expect(await stage.writes()).toEqual([]);
  });

  it('is cut before an emoji at the limit when the policy of its field says so', async () => {
    await start('title:truncate');
    const whole = `${'x'.repeat(254)}🦜🦜`;

    const outcome = await stage.send({ title: whole, city: 'y'.repeat(256) });

    const cut = 'x'.repeat(254);
    expect(outcome).toMatchObject({ result: 'UPDATED', accepted: { title: cut } });
    expect(outcome.unfit?.map(({ field, fate }) => [field, fate])).toEqual([
      ['title', 'TRUNCATED'],
      ['city', 'REJECTED'],
    ]);
    expect(await stage.person()).toMatchObject({ title: cut });
  });

  it.each([
    ['takes its beginning', false, 'UPDATED', null],
    ['refuses it, and gets the rest', true, 'UPDATED', '1077'],
  ])(
    'is sent when it is only to be reported, and Marketo %s',
    async (_what, skipOverlongValues, result, code) => {
      await start('*:report');
      await stage.control('POST', 'settings', { skipOverlongValues });

      const outcome = await stage.send({ title: 'x'.repeat(256), city: 'Lyon' });

      expect(outcome).toMatchObject({ result, code, unfit: [{ field: 'title', fate: 'REPORTED' }] });
      const title = skipOverlongValues ? null : 'x'.repeat(255);
      expect(await stage.person()).toMatchObject({ city: 'Lyon', title });
    },
  );
});

describe('the policy of a field', () => {
  it.each([
    [[], 'reject'],
    [['title:truncate'], 'truncate'],
    [['*:report'], 'report'],
    [['*:report', 'title:truncate'], 'truncate'],
    [['title:report', 'title:reject'], 'reject'],
  ])('of %j is %s', (settings, policy) => {
    expect(fieldPolicyOf(settings)('title')).toBe(policy);
  });
});
