import { topics, type InboxMessage, type WriteCommand } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { defaultMapping, nativePolicy, type GoldenRecord } from '@lockstep/reconciliation';
import { rehearsePage } from '../operate/rehearse.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from '../pipelineFixtures.ts';
import { createReconciler } from '../reconcileChanges.ts';

const group = 'reconciler';
const [first, second] = [exampleId(1), exampleId(2)];

/** A reconciler that matches by email, writes nothing to Marketo, and has read both sides once. */
async function createSetting() {
  const [clock, log, stores] = [exampleClock(), inMemoryEventLog(), inMemoryStores()];
  await stores.syncState.markFirstReadsComplete();
  const withheld = new Set<'marketo'>(['marketo']);
  const policy = { ...nativePolicy, matchByEmail: true };
  const options = { ...stores, clock, policy, mapping: defaultMapping, withheld: () => withheld };
  const handler = createReconciler({ ...options, writeDynamics: () => Promise.resolve() });
  log.subscribe({ group, topics: [topics.inbox], batchSizeMax: 100 }, handler);
  const send = async (messages: readonly InboxMessage[]) => {
    await put(log, ...messages.map((value) => ({ topic: topics.inbox, key: value.goldenId, value })));
    await deliverAll(log, group);
  };
  return {
    ...{ stores, withheld, send },
    wakeUp: async (elapsedMs: number, goldenIds: readonly string[]) => {
      clock.advance(elapsedMs);
      await send(goldenIds.map((goldenId) => ({ kind: 'wake-up', goldenId, reason: 'due', target: null })));
    },
    record: async (id: string): Promise<GoldenRecord | undefined> => (await stores.golden.load([id])).get(id),
    creations: () =>
      eventsOf<WriteCommand>(log, topics.writes).filter(({ operation }) => operation === 'CREATE'),
  };
}

const leadOf = (goldenId: string): InboxMessage => ({
  ...{ kind: 'event', goldenId, system: 'dynamics', table: 'lead', written: null },
  event: exampleEvent({ recordId: goldenId }),
});

it.each([
  ['in one batch', [[second, first]]],
  ['one after the other', [[second], [first]]],
])('foretells one person and one review for two rows with one address, woken %s', async (_, batches) => {
  const { creations, record, send, stores, wakeUp, withheld } = await createSetting();
  await send([leadOf(second), leadOf(first)]);
  await wakeUp(240_000, []);
  for (const ids of batches) await wakeUp(0, ids);

  const { counts } = await rehearsePage(stores.golden, { after: null, limitMax: 10 });
  expect(counts).toMatchObject({
    records: { persons: 2, ambiguous: 1, undecided: 0 },
    sides: { marketo: { creates: { person: 1 } } },
  });

  withheld.clear();
  await wakeUp(0, await stores.golden.findWithheld('marketo', 10));

  expect(creations()).toHaveLength(1);
  const waiting = [await record(first), await record(second)].flatMap((one) => one?.waiting?.code ?? []);
  expect(waiting).toEqual(['MARKETO_AMBIGUOUS']);
});
