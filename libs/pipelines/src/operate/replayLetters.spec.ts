import { SyncError, topics, type DeadLetter } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type OutgoingMessage } from '@lockstep/ports';
import { deadLetter } from '../deadLetters.ts';
import { eventsOf, exampleClock, exampleEvent, exampleId, put } from '../pipelineFixtures.ts';
import { createRouter } from '../routeChanges.ts';
import { listLetters } from './deadLetterList.ts';
import { replayLetters } from './replayLetters.ts';

const lead = topics.dynamicsChanges('lead');

/** Letters about a message of the inbox and one of a change topic, with the means to replay them. */
async function createSetting({ isReadable = true } = {}) {
  const log = inMemoryEventLog();
  const clock = exampleClock();
  const letterOf = (topic: string, key: string, offset: string, headers = {}): OutgoingMessage =>
    deadLetter(
      { topic, partition: 0, offset, key, undecodable: null, headers, bytes: Buffer.from(key) },
      'MESSAGE_UNEXPECTED',
      clock.now(),
    );
  await put(log, letterOf(topics.inbox, 'a', '1'), letterOf(lead, exampleId(1), '2'));
  const scan = async (visit: (message: ReturnType<typeof log.messages>[number]) => void) =>
    log.messages(topics.deadLetters).forEach(visit);
  const decode = async () => {
    if (!isReadable) throw new SyncError('MESSAGE_UNDECODABLE', {});
    return exampleEvent();
  };
  const publisher = await log.openPublisher('operator');
  const options = { scan, publisher, decode, clock, route: createRouter(inMemoryStores().links) };
  const replay = (filter = {}, replayId = 'r1') => replayLetters(options, { filter, replayId, after: null });
  return { log, scan, letterOf, clock, replay };
}

describe('messages that were set aside', () => {
  it('go where they came from with their bytes and key, and say how often they were replayed', async () => {
    const { log, letterOf, replay } = await createSetting();
    await put(log, letterOf(topics.inbox, 'c', '9', { 'lockstep-replays': '2' }));

    expect(await replay({ topic: topics.inbox })).toEqual({ replayed: 2, before: 0, kept: 0, next: null });

    const again = log.messages(topics.inbox);
    expect(again.map(({ key, headers }) => [key, headers['lockstep-replays']]).sort()).toEqual([
      ['a', '1'],
      ['c', '3'],
    ]);
    expect(again.map(({ undecodable }) => undecodable?.bytes.toString()).sort()).toEqual(['a', 'c']);
  });

  it('go to the inbox where others read the topic that they came from', async () => {
    const { log, replay } = await createSetting();

    await replay({ topic: lead });

    expect(eventsOf(log, lead)).toEqual([]);
    expect(eventsOf(log, topics.inbox)).toMatchObject([{ kind: 'event', event: { recordId: exampleId(1) } }]);
  });

  it('are replayed once, however often that is asked for', async () => {
    const { log, replay } = await createSetting();
    await replay();

    expect(await replay({}, 'r2')).toEqual({ replayed: 0, before: 2, kept: 0, next: null });

    expect(log.messages(topics.inbox)).toHaveLength(2);
    const marks = eventsOf<DeadLetter>(log, topics.deadLetters).filter(({ replayId }) => replayId);
    expect(marks.map(({ replayId, bytes }) => [replayId, bytes])).toEqual([
      ['r1', null],
      ['r1', null],
    ]);
  });

  it('are chosen by key, cause and time', async () => {
    const { log, letterOf, clock, scan, replay } = await createSetting();
    clock.advance(60_000);
    await put(log, letterOf(topics.inbox, 'late', '7'));

    expect((await replay({ key: 'a' })).replayed).toBe(1);
    expect((await replay({ code: 'MESSAGE_UNDECODABLE' })).replayed).toBe(0);
    expect((await replay({ from: '2026-11-22T10:01:00.000Z' })).replayed).toBe(1);
    const { letters } = await listLetters(scan, {}, { after: null, limitMax: 10 });
    expect(letters.map(({ key, isReplayed }) => [key, isReplayed])).toEqual([
      ['a', true],
      [exampleId(1), false],
      ['late', true],
    ]);
    const until = { until: '2026-11-22T10:01:00.000Z' };
    expect((await listLetters(scan, until, { after: null, limitMax: 10 })).letters).toHaveLength(2);
  });

  it('stay set aside while they cannot be read', async () => {
    const { log, replay } = await createSetting({ isReadable: false });

    expect(await replay({ topic: lead })).toEqual({ replayed: 0, before: 0, kept: 1, next: null });
    expect(log.messages(topics.inbox)).toEqual([]);
  });

  it('are looked at a hundred at a time', async () => {
    const { log, letterOf, replay, scan } = await createSetting();
    await put(
      log,
      ...Array.from({ length: 120 }, (_, n) => letterOf(topics.inbox, `k${n}`, String(100 + n))),
    );

    const { replayed, next } = await replay({ topic: topics.inbox });
    const rest = await listLetters(scan, { topic: topics.inbox }, { after: next, limitMax: 100 });

    expect(replayed).toBe(100);
    expect(rest.letters).toHaveLength(21);
  });
});
