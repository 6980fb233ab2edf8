import { SyncError, topics, type MarketerRequest, type Notice } from '@lockstep/change-events';
import {
  inMemoryCallbacks,
  inMemoryEventLog,
  inMemoryRequests,
  type FeedRow,
  type FlowStepCallback,
  type LogPoint,
} from '@lockstep/ports';
import { eventsOf, exampleClock, exampleLease, put, step } from '../pipelineFixtures.ts';
import { createRequestDoors, type Asked } from './acceptRequests.ts';
import { createCallbackAnswerer } from './answerCallbacks.ts';
import { followRequests } from './followRequests.ts';
import { openRequestPublisher } from './publishRequests.ts';

const asked = (id: string, changes: Partial<Asked> = {}): Asked => ({
  ...{ id, personId: '7', words: 'sync', arguments: {} },
  ...changes,
});

const row = (marketoGUID: string, newValue: string | null): FeedRow => ({
  ...{ personId: '7', activityId: 1, activityType: 13, activityDate: '2026-11-22T09:00:00Z' },
  ...{ marketoGUID, field: 'lockstepRequest', oldValue: null, newValue, source: 'Marketo Flow Action' },
});

function createSetting() {
  const faults: { at: LogPoint | null } = { at: null };
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point !== faults.at) return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const [clock, lease, requests, callbacks] = [
    exampleClock(),
    exampleLease(),
    inMemoryRequests(),
    inMemoryCallbacks(),
  ];
  const accepted: string[] = [];
  const onAccepted = (list: readonly MarketerRequest[]) =>
    void accepted.push(...list.map(({ requestId }) => requestId));
  const doors = createRequestDoors({ requests, clock, onAccepted });
  return {
    ...{ faults, log, clock, lease, requests, callbacks, doors, accepted },
    openPublisher: () => openRequestPublisher({ requests, log, lease, clock }),
    published: () => eventsOf<MarketerRequest>(log, topics.requests),
  };
}

describe('the doors of requests', () => {
  it('store what a webhook asks for, once for each id', async () => {
    const { doors, requests } = createSetting();
    const first = await doors.webhook(asked('r1', { words: 'change owner', arguments: { owner: 'Ann' } }));
    await requests.advance([{ ...first, state: 'SENT' }]);

    const again = await doors.webhook(asked('r1'));

    expect(first).toEqual({
      ...{ requestId: 'webhook/r1', personId: '7', door: 'WEBHOOK', kind: 'CHANGE_OWNER' },
      ...{ arguments: { owner: 'Ann' }, state: 'QUEUED', code: null, detail: null },
      ...{ askedAt: '2026-11-22T10:00:00Z', at: '2026-11-22T10:00:00Z' },
    });
    expect(again).toEqual({ ...first, state: 'SENT' });
  });

  it('tell the caller of a webhook what is wrong, and store nothing then', async () => {
    const { doors, accepted } = createSetting();

    await expect(doors.webhook(asked('r1', { words: 'dance' }))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { detail: expect.stringMatching(/^request: not one of/) as string },
    });
    expect(accepted).toEqual([]);
  });

  it('store what a flow step asks for, also what is wrong, in the order of the call', async () => {
    const { doors } = createSetting();

    const stored = await doors.flowStep([asked('t/1'), asked('t/2', { words: 'create task' })]);

    expect(stored.map(({ requestId, state, code, detail }) => [requestId, state, code, detail])).toEqual([
      ['flow-step/t/1', 'QUEUED', null, null],
      ['flow-step/t/2', 'FAILED', 'REQUEST_INVALID', 'subject: missing'],
    ]);
  });

  it('read the field in its rows, one request for each activity, none for an emptied field', async () => {
    const { doors, requests, accepted } = createSetting();

    await doors.field([
      row('g1', 'sync; as=contact'),
      row('g2', null),
      row('g3', 'x'),
      row('g1', 'sync; as=contact'),
    ]);

    expect(accepted).toEqual(['field/g1', 'field/g3']);
    const stored = await requests.find(accepted);
    expect(stored.get('field/g1')).toMatchObject({
      ...{
        kind: 'SYNC_PERSON',
        arguments: { as: 'contact' },
        state: 'QUEUED',
        askedAt: '2026-11-22T09:00:00Z',
      },
    });
    expect(stored.get('field/g3')).toMatchObject({ kind: null, state: 'FAILED', code: 'REQUEST_INVALID' });
  });
});

describe('accepted requests', () => {
  it('are published once, keyed by person, with a notice of those that cannot be carried out', async () => {
    const { doors, openPublisher, published, log } = createSetting();
    const publisher = await openPublisher();
    await doors.webhook(asked('r1'));
    await doors.field([row('g1', 'nonsense')]);

    await step(publisher);
    await step(publisher);

    expect(published().map(({ requestId, state }) => [requestId, state])).toEqual([
      ['webhook/r1', 'QUEUED'],
      ['field/g1', 'FAILED'],
    ]);
    expect(log.messages(topics.requests).map(({ key }) => key)).toEqual(['7', '7']);
    expect(eventsOf<Notice>(log, topics.notices)).toMatchObject([
      { code: 'REQUESTS_REFUSED', counts: { requests: 1 }, facts: { example: 'field/g1' } },
    ]);
  });

  it.each([
    ['publish', 1],
    ['published', 2],
  ] as const)('are on the topic at least once when the broker fails at %s', async (point, times) => {
    const { doors, faults, openPublisher, published } = createSetting();
    await doors.webhook(asked('r1'));
    faults.at = point;
    await expect(step(await openPublisher())).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    const publisher = await openPublisher();

    await step(publisher);
    await step(publisher);

    expect(published().map(({ requestId }) => requestId)).toEqual(Array(times).fill('webhook/r1'));
  });

  it('are not published without the lease', async () => {
    const { doors, lease, openPublisher, published } = createSetting();
    await doors.webhook(asked('r1'));
    const publisher = await openPublisher();
    lease.lose();

    await expect(step(publisher)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(published()).toEqual([]);
  });

  it('take the states that are on the topic, whoever wrote them', async () => {
    const { doors, requests, log, clock } = createSetting();
    const request = await doors.webhook(asked('r1'));
    const stop = new AbortController();
    const following = followRequests({ requests, log, clock }, stop.signal);
    const say = (state: MarketerRequest['state']) =>
      put(log, { topic: topics.requests, key: '7', value: { ...request, state } });
    await say('DONE');
    await say('SENT');
    await put(log, { topic: topics.requests, key: '7', value: null });

    while (await log.deliver('lockstep.requests'));
    stop.abort();
    await following;

    expect((await requests.find(['webhook/r1'])).get('webhook/r1')?.state).toBe('DONE');
  });
});

describe('the callback of a flow step', () => {
  async function createWaiting() {
    const setting = createSetting();
    const { clock, lease, requests, callbacks, doors } = setting;
    const stored = await doors.flowStep([asked('t/1'), asked('t/2')]);
    const callback: FlowStepCallback = {
      ...{ callbackId: 't', url: 'https://marketo.example/c', token: 't', apiKey: 'k', munchkinId: 'm' },
      requestIds: stored.map(({ requestId }) => requestId),
      ...{ dueAtMs: clock.now(), answerAtMs: clock.now() + 60_000, failures: 0 },
    };
    await callbacks.add(callback);
    const answers: string[][] = [];
    const results: string[] = [];
    const failures: SyncError[] = [];
    const answerer = createCallbackAnswerer({
      ...{ callbacks, requests, lease, clock },
      async answer(_, states) {
        const failure = failures.shift();
        if (failure) throw failure;
        answers.push(states.map(({ state }) => state));
      },
      onAnswered: (result) => void results.push(result),
    });
    const wait = async (elapsedMs: number) => {
      clock.advance(elapsedMs);
      await step(answerer);
    };
    return { ...setting, stored, answers, results, failures, answerer, wait };
  }

  it('is made once, when all of its requests have ended', async () => {
    const { stored, requests, answers, results, wait } = await createWaiting();
    const [first, second] = stored;
    if (!first || !second) throw new Error('there are no requests');
    await requests.advance([{ ...first, state: 'DONE' }]);
    await wait(0);
    expect(answers).toEqual([]);

    await requests.advance([{ ...second, state: 'FAILED' }]);
    await wait(1_000);
    await wait(60_000);

    expect([answers, results]).toEqual([[['DONE', 'FAILED']], ['answered']]);
  });

  it('is made at its time limit with the states of then', async () => {
    const { answers, wait } = await createWaiting();
    await wait(59_000);
    expect(answers).toEqual([]);

    await wait(1_000);

    expect(answers).toEqual([['QUEUED', 'QUEUED']]);
  });

  it('is repeated with growing pauses while Marketo does not answer, five times at most', async () => {
    const { answers, results, failures, wait } = await createWaiting();
    failures.push(...Array.from({ length: 5 }, () => new SyncError('MARKETO_UNREACHABLE')));
    for (const elapsedMs of [60_000, 1_999, 1, 4_000, 8_000, 15_999]) await wait(elapsedMs);
    expect([failures.length, results]).toEqual([1, []]);

    await wait(1);
    await wait(60_000);

    expect([answers, results, failures]).toEqual([[], ['refused'], []]);
  });

  it('is not repeated once Marketo has refused it', async () => {
    const { answers, results, failures, wait } = await createWaiting();
    failures.push(new SyncError('CALLBACK_REFUSED'));
    await wait(60_000);
    await wait(60_000);

    expect([answers, results]).toEqual([[], ['refused']]);
  });

  it('is not made without the lease', async () => {
    const { answers, lease, wait } = await createWaiting();
    lease.lose();

    await expect(wait(60_000)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(answers).toEqual([]);
  });
});
