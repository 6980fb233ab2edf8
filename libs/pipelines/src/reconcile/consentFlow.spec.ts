import { topics, type InboxMessage } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type InMemoryStores } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { deliverAll, exampleClock, exampleEvent, exampleId, put } from '../pipelineFixtures.ts';
import { createReconciler, type ReconcileOptions } from '../reconcileChanges.ts';

const group = 'reconciler';
const claim = 'email/ann@example.com';

function createSetting(changes: (stores: InMemoryStores) => Partial<ReconcileOptions> = () => ({})) {
  const [stores, log, clock] = [inMemoryStores(), inMemoryEventLog(), exampleClock()];
  const start = (others: Partial<ReconcileOptions> = {}) =>
    log.subscribe(
      { group, topics: [topics.inbox], batchSizeMax: 100 },
      createReconciler({
        ...{ ...stores, clock, mapping: defaultMapping, policy: nativePolicy },
        writeDynamics: () => Promise.resolve(),
        ...changes(stores),
        ...others,
      }),
    );
  start();
  const send = async (...messages: InboxMessage[]): Promise<void> => {
    await put(log, ...messages.map((value) => ({ topic: topics.inbox, key: value.goldenId, value })));
    await deliverAll(log, group);
  };
  const optedOut = async (n: number) =>
    (await stores.golden.load([exampleId(n)])).get(exampleId(n))?.fields['unsubscribed']?.value === true;
  return { stores, log, start, send, optedOut };
}

/** A lead of its own golden record, at a version. */
function lead(
  n: number,
  version: number,
  donotbulkemail: boolean,
  address = 'ann@example.com',
): InboxMessage {
  const goldenId = exampleId(n);
  const event = exampleEvent({
    recordId: goldenId,
    version: { epoch: 1, number: version },
    fields: { lastname: 'Example', emailaddress1: address, donotbulkemail },
  });
  return { kind: 'event', goldenId, system: 'dynamics', table: 'lead', event, written: null };
}

describe('an opt-out of an address', () => {
  it('is stored for the address and told to each record that claims it, once', async () => {
    const { send, stores, log, optedOut } = createSetting();
    await send(lead(1, 1, false), lead(2, 1, false), lead(3, 1, false, 'bob@example.com'));

    await send(lead(1, 2, true));
    const inbox = log.messages(topics.inbox).length;
    await send(lead(1, 3, true));

    expect(await Promise.all([1, 2, 3].map(optedOut))).toEqual([true, true, false]);
    expect((await stores.consents.read([claim])).get(claim)).toMatchObject({ optedOut: true, revision: 1 });
    expect(log.messages(topics.inbox)).toHaveLength(inbox + 1);
  });

  it.each([
    ['before', [lead(1, 2, true), lead(2, 1, false)]],
    ['after', [lead(2, 1, false), lead(1, 2, true)]],
  ])('reaches a record that appears in the same batch, %s it', async (_when, batch) => {
    const { send, optedOut } = createSetting();
    await send(lead(1, 1, false));

    await send(...batch);

    expect(await optedOut(2)).toBe(true);
  });

  it('reaches a record that appears while it is stored', async () => {
    const late = { isRead: false };
    const { send, optedOut, stores } = createSetting(({ consents }) => ({
      consents: {
        ...consents,
        async read(claims) {
          const read = await consents.read(claims);
          if (late.isRead || claims.length === 0) return read;
          late.isRead = true;
          const wish = {
            optedOut: true,
            goldenId: exampleId(9),
            source: 'marketo',
            changedAt: null,
          } as const;
          await consents.save([{ consent: { claim, revision: 1, ...wish }, expected: 0 }]);
          return read;
        },
      },
    }));

    await send(lead(1, 1, false));

    expect(await optedOut(1)).toBe(true);
    expect((await stores.consents.read([claim])).get(claim)?.revision).toBe(1);
  });

  it('is told by the next process when the one that stored it died before it saved the record', async () => {
    const { send, optedOut, stores, start } = createSetting();
    await send(lead(1, 1, false), lead(2, 1, false));
    const dying = { ...stores.golden, save: () => Promise.reject(new Error('killed')) };
    start({ golden: dying });
    await expect(send(lead(1, 2, true))).rejects.toThrow('killed');

    start();
    await send();

    expect((await stores.consents.read([claim])).get(claim)?.revision).toBe(1);
    expect(await Promise.all([1, 2].map(optedOut))).toEqual([true, true]);
  });
});

describe('wishes for one address in any order', () => {
  const first = [lead(1, 1, true), lead(2, 1, true), lead(3, 1, true)];
  const lift = [lead(1, 2, false), lead(2, 2, false)];

  it.each([
    ['opt-out between two lifts', [lift[0], lead(3, 2, false), lead(3, 3, true), lift[1]]],
    ['opt-out first', [lead(3, 2, false), lead(3, 3, true), lift[0], lift[1]]],
    ['opt-out last', [lift[0], lift[1], lead(3, 2, false), lead(3, 3, true)]],
  ])('end in one value for all: %s, in one batch', async (_order, batch) => {
    const { send, optedOut, stores } = createSetting();
    await send(...first);

    await send(...batch.filter((message) => message !== undefined));

    const all = await Promise.all([1, 2, 3].map(optedOut));
    expect(new Set([...all, (await stores.consents.read([claim])).get(claim)?.optedOut])).toEqual(
      new Set([true]),
    );
  });

  it('are lifted for all when one lifts them and nobody opts out', async () => {
    const { send, optedOut } = createSetting();
    await send(...first);

    await send(lead(2, 2, false));

    expect(await Promise.all([1, 2, 3].map(optedOut))).toEqual([false, false, false]);
  });
});
