import { topics, type DeadLetter } from '@lockstep/change-events';
import { inMemoryEventLog, type BatchHandler } from '@lockstep/ports';
import { withDeadLetters } from './deadLetters.ts';
import { deliverAll, eventsOf, exampleClock, put } from './pipelineFixtures.ts';

const group = 'readers';

function createSetting(changes: { readonly fails?: boolean } = {}) {
  const log = inMemoryEventLog();
  const seen: unknown[] = [];
  const counted: string[] = [];
  const handler: BatchHandler = async ({ messages }) => {
    if (changes.fails) throw new Error('the handler failed');
    seen.push(...messages.map(({ value }) => value));
    return { messages: messages.map(({ key, value }) => ({ topic: topics.notices, key, value })) };
  };
  const options = { group, topics: [topics.requests], batchSizeMax: 100 };
  log.subscribe(
    options,
    withDeadLetters(handler, exampleClock(), (code) => counted.push(code)),
  );
  return { log, seen, counted };
}

describe('a message that cannot be decoded', () => {
  it('is kept with its place, its code and its bytes, while all others flow', async () => {
    const { log, seen, counted } = createSetting();
    await put(log, { topic: topics.requests, key: 'a', value: 1 });
    log.injectUndecodable(topics.requests, 'b');
    await put(log, { topic: topics.requests, key: 'c', value: 3 });

    await deliverAll(log, group);

    expect(seen).toEqual([1, 3]);
    expect(eventsOf(log, topics.notices)).toEqual([1, 3]);
    const [letter] = eventsOf<DeadLetter>(log, topics.deadLetters, 'b');
    expect(letter).toMatchObject({
      topic: topics.requests,
      partition: 0,
      offset: '1',
      code: 'MESSAGE_UNDECODABLE',
      at: '2026-11-22T10:00:00Z',
    });
    expect([...(letter?.bytes ?? [])]).toEqual([0xde, 0xad]);
    expect(log.pending(group)).toEqual([]);
    expect(counted).toEqual(['MESSAGE_UNDECODABLE']);
  });

  it('is set aside only with the rest of its batch', async () => {
    const { log, counted } = createSetting({ fails: true });
    log.injectUndecodable(topics.requests, 'b');

    await expect(deliverAll(log, group)).rejects.toThrow('the handler failed');

    expect(log.messages(topics.deadLetters)).toEqual([]);
    expect(log.pending(group)).toHaveLength(1);
    expect(counted).toEqual([]);
  });

  it('lets a tombstone pass, which is no such message', async () => {
    const { log, seen } = createSetting();
    await put(log, { topic: topics.requests, key: 'a', value: null });

    await deliverAll(log, group);

    expect(seen).toEqual([null]);
    expect(log.messages(topics.deadLetters)).toEqual([]);
  });
});
