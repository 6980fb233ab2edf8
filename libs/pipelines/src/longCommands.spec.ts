import { topics, type DeadLetter, type DeliveryOutcome, type InboxMessage } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type BatchHandler } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { withDeadLetters } from './deadLetters.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { createReconciler } from './reconcileChanges.ts';

const group = 'reconciler';
const goldenId = exampleId(1);
const toMarketo: ReadonlySet<string> = new Set([topics.writes, topics.writesBackfill]);

/** A reconciler beside a broker to which every command is too large. */
async function createSetting() {
  const clock = exampleClock();
  const stores = inMemoryStores();
  const log = inMemoryEventLog();
  const decide = createReconciler({
    ...stores,
    ...{ clock, mapping: defaultMapping, policy: nativePolicy, writeDynamics: () => Promise.resolve() },
  });
  const counted: string[] = [];
  let refused = 0;
  const publishing: BatchHandler = async (batch) => {
    const result = await withDeadLetters(decide, clock, (code) => counted.push(code))(batch);
    const messages = result.messages.map((message) => {
      if (!toMarketo.has(message.topic)) return message;
      refused += 1;
      return result.insteadOf?.(message) ?? message;
    });

    return { ...result, messages };
  };
  log.subscribe({ group, topics: [topics.inbox, topics.inboxBackfill], batchSizeMax: 100 }, publishing);
  await stores.syncState.markFirstReadsComplete();
  let routed = 0;
  /** What is sent, and the answers as the router brings them. */
  const send = async (message: InboxMessage): Promise<void> => {
    await put(log, { topic: topics.inbox, key: goldenId, value: message });
    await deliverAll(log, group);
    const outcomes = eventsOf<DeliveryOutcome>(log, topics.outcomes).slice(routed);
    routed += outcomes.length;
    for (const outcome of outcomes) await send({ kind: 'outcome', goldenId, outcome });
  };
  const wakeUp = (): Promise<void> =>
    send({ kind: 'wake-up', goldenId, reason: 'due', target: null, sentAt: null });

  return {
    ...{ clock, log, send, wakeUp, counted },
    refused: () => refused,
    record: async () => (await stores.golden.load([goldenId])).get(goldenId),
  };
}

const lead: InboxMessage = {
  ...{ kind: 'event', goldenId, system: 'dynamics', table: 'lead', written: null },
  event: exampleEvent({ recordId: goldenId }),
};

/** Nobody answered such a command, so it was planned anew every two minutes, each time with another dead letter. */
describe('a command to Marketo that no message can hold', () => {
  it('has its record wait with the reason, and is not sent again and again', async () => {
    const { clock, log, send, wakeUp, refused, record, counted } = await createSetting();
    await send(lead);

    for (let times = 0; times < 5; times += 1) {
      clock.advance(150_000);
      await wakeUp();
    }

    expect(refused()).toBe(1);
    expect(await record()).toMatchObject({
      outbox: [],
      waiting: { cause: 'refused', code: 'EVENT_UNENCODABLE' },
    });
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toEqual([]);
    expect(counted).toEqual([]);
  });
});
