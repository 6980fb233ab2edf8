import { topics, type DeadLetter } from '@lockstep/change-events';
import { outcomeOf } from './deliver/deliveryOutcome.ts';
import { inMemoryEventLog, type BatchHandler } from '@lockstep/ports';
import { withDeadLetters } from './deadLetters.ts';
import { deliverAll, eventsOf, exampleClock, exampleCommand, put } from './pipelineFixtures.ts';

const group = 'readers';

type Changes = { readonly fails?: boolean; readonly values?: Readonly<Record<string, unknown>> };

function createSetting({ fails = false, values = {} }: Changes = {}) {
  const log = inMemoryEventLog();
  const seen: unknown[] = [];
  const counted: string[] = [];
  const handler: BatchHandler = async ({ messages }) => {
    if (fails) throw new Error('the handler failed');
    seen.push(...messages.map(({ value }) => value));
    const made = messages.map(({ key, value }) => ({
      topic: topics.notices,
      key,
      value: values[key] ?? value,
    }));
    return { messages: made };
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

describe('a message that is too large', () => {
  it('is told of in its place, while all others flow', async () => {
    const { log, counted } = createSetting({ values: { b: Buffer.alloc(1_000_001) } });
    for (const key of ['a', 'b', 'c']) await put(log, { topic: topics.requests, key, value: key });

    await deliverAll(log, group);

    expect(eventsOf(log, topics.notices)).toEqual(['a', 'c']);
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toMatchObject([
      { topic: topics.notices, recordId: 'b', field: 'size', code: 'EVENT_UNENCODABLE', bytes: null },
    ]);
    expect(counted).toEqual(['EVENT_UNENCODABLE']);
  });

  it('is kept by its place alone where even its dead letter is too large', async () => {
    const bytes = Buffer.alloc(1_000_001);
    const undecodable = { code: 'MESSAGE_UNDECODABLE', bytes } as const;
    const place = { topic: topics.requests, partition: 0, offset: '7', key: 'a', headers: {} };
    const handler = withDeadLetters(() => Promise.resolve({ messages: [] }), exampleClock());

    const { messages, insteadOf } = await handler({
      ...place,
      messages: [{ ...place, value: null, undecodable }],
    });

    const [letter] = messages.flatMap((message) => insteadOf?.(message) ?? []);
    const { topic, partition, offset } = place;
    const value = { topic, partition, offset, code: 'MESSAGE_UNDECODABLE', bytes: null };
    expect(letter).toMatchObject({ topic: topics.deadLetters, key: 'a', value });
  });

  // Without an answer the person would be read again every two minutes, each time with another dead letter.
  it('is a refusal where it told of a person, so that its record waits and asks no more', async () => {
    const answer = { result: 'READ', personId: '7', state: { lastName: 'Example' } } as const;
    const outcome = outcomeOf(exampleCommand({ operation: 'READ' }), answer, 0);
    const message = { topic: topics.outcomes, key: outcome.goldenId, value: outcome };
    const counted: string[] = [];
    const read = () => Promise.resolve({ messages: [message] });
    const handler = withDeadLetters(read, exampleClock(), (code) => counted.push(code));
    const { insteadOf, afterCommit } = await handler({ topic: topics.writes, partition: 0, messages: [] });

    const other = insteadOf?.(message);
    await afterCommit?.();

    const refusal = { result: 'REFUSED', code: 'EVENT_UNENCODABLE', state: null, accepted: null };
    expect(other).toEqual({ ...message, value: { ...outcome, ...refusal } });
    expect(counted).toEqual([]);
  });
});
