import type { MarketerRequest } from '@lockstep/change-events';
import type { CallbackStore, FlowStepCallback, RequestStore } from '../requestStore.ts';

const request = (requestId: string, changes: Partial<MarketerRequest> = {}): MarketerRequest => ({
  requestId,
  personId: '7',
  kind: 'SYNC_PERSON',
  state: 'QUEUED',
  door: 'WEBHOOK',
  arguments: { as: 'lead', 'owner.name': 'Ann', $set: 'x' },
  askedAt: '2026-03-01T10:00:00Z',
  at: '2026-03-01T10:00:00Z',
  code: null,
  detail: null,
  ...changes,
});

/** The promises of `RequestStore`; `open` gives an empty store each time. */
export function requestStoreContract(name: string, open: () => Promise<RequestStore>): void {
  describe(`${name} as store of requests`, () => {
    it('keeps what came first under an id, and tells it to who repeats it', async () => {
      const store = await open();
      await store.accept([request('a')]);

      const answered = await store.accept([request('b'), request('a', { kind: 'CHANGE_OWNER' })]);

      expect(answered).toEqual([request('b'), request('a')]);
      expect(await store.find(['a', 'b', 'c'])).toEqual(
        new Map([
          ['a', request('a')],
          ['b', request('b')],
        ]),
      );
    });

    it('names what is not published yet, the oldest first', async () => {
      const store = await open();
      for (const id of ['c', 'a', 'b']) await store.accept([request(id)]);
      await store.markPublished(['a']);

      const named = async (limitMax: number) =>
        (await store.unpublished(limitMax)).map(({ requestId }) => requestId);

      expect([await named(10), await named(1)]).toEqual([['c', 'b'], ['c']]);
      await store.accept([request('a')]);
      expect(await named(10)).toEqual(['c', 'b']);
    });

    it('moves a state forward only, and keeps what was asked for', async () => {
      const store = await open();
      await store.accept([request('a')]);
      const state = async () => (await store.find(['a'])).get('a');
      const failed = request('a', {
        state: 'FAILED',
        at: '2026-03-01T10:00:09Z',
        code: 'DYNAMICS_REFUSED',
        detail: 'owner',
      });

      await store.advance([request('a', { state: 'SENT', kind: null, arguments: {} })]);
      expect(await state()).toEqual(request('a', { state: 'SENT' }));
      await store.advance([failed, request('unknown', { state: 'DONE' })]);
      await store.advance([request('a', { state: 'SENT' })]);
      await store.advance([request('a', { state: 'DONE' })]);

      expect(await state()).toEqual(failed);
      expect(await store.find(['unknown'])).toEqual(new Map());
    });
  });
}

const callback = (callbackId: string, changes: Partial<FlowStepCallback> = {}): FlowStepCallback => ({
  callbackId,
  url: 'https://marketo.example/callback',
  token: 't',
  apiKey: 'k',
  munchkinId: '123-ABC-456',
  requestIds: ['a', 'b'],
  dueAtMs: 10,
  answerAtMs: 60,
  failures: 0,
  ...changes,
});

/** The promises of `CallbackStore`; `open` gives an empty store each time. */
export function callbackStoreContract(name: string, open: () => Promise<CallbackStore>): void {
  describe(`${name} as store of callbacks`, () => {
    it('names what is due, the oldest first', async () => {
      const store = await open();
      for (const [id, dueAtMs] of [
        ['late', 30],
        ['second', 20],
        ['first', 10],
      ] as const)
        await store.add(callback(id, { dueAtMs }));

      expect(await store.due(20, 10)).toEqual([callback('first'), callback('second', { dueAtMs: 20 })]);
      expect(await store.due(20, 1)).toEqual([callback('first')]);
    });

    it('postpones, removes, and does not take back an earlier state for a repeat', async () => {
      const store = await open();
      await store.add(callback('a'));
      await store.postpone('a', { dueAtMs: 40, failures: 1 });
      await store.add(callback('a'));

      expect(await store.due(39, 10)).toEqual([]);
      expect(await store.due(40, 10)).toEqual([callback('a', { dueAtMs: 40, failures: 1 })]);
      await store.remove('a');
      expect(await store.due(40, 10)).toEqual([]);
    });
  });
}
