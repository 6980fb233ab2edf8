import {
  SyncError,
  topics,
  type DeadLetter,
  type DeliveryOutcome,
  type GoldenEvent,
  type InboxMessage,
  type Notice,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type GoldenStore, type LogPoint } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { outcomeOf } from './deliver/deliveryOutcome.ts';
import type { Ended } from './operate/outcomeMeter.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { createReconciler, type ReconcileOptions } from './reconcileChanges.ts';
import type { OwnedWrite } from './reconcile/reconcileOutput.ts';

const group = 'reconciler';
const people = topics.goldenChanges('person');
const golden = exampleId(1);

function createSetting({ matchByEmail = false } = {}) {
  const faults: { at: LogPoint | null } = { at: null };
  const clock = exampleClock();
  const stores = inMemoryStores();
  const log = inMemoryEventLog({
    atPoint(point, id) {
      if (point !== faults.at || id !== group) return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const writes: OwnedWrite[] = [];
  /** Starts a process that remembers nothing of the one before. */
  const start = (changes: Partial<ReconcileOptions> = {}) =>
    log.subscribe(
      { group, topics: [topics.inbox, topics.inboxBackfill], batchSizeMax: 100 },
      createReconciler({
        ...stores,
        clock,
        mapping: defaultMapping,
        policy: { ...nativePolicy, matchByEmail },
        writeDynamics: async (planned) => void writes.push(...planned),
        ...changes,
      }),
    );
  start();
  const goldenEvents = (key = golden) => eventsOf<GoldenEvent>(log, people, key);
  return {
    ...{ faults, clock, stores, log, writes, start, goldenEvents },
    commands: (topic: string = topics.writes) => eventsOf<WriteCommand>(log, topic),
    record: async (goldenId = golden) => (await stores.golden.load([goldenId])).get(goldenId),
    send: (...messages: InboxMessage[]) => sendTo(log, topics.inbox, messages),
    sendBackfill: (...messages: InboxMessage[]) => sendTo(log, topics.inboxBackfill, messages),
  };
}

async function sendTo(
  log: ReturnType<typeof inMemoryEventLog>,
  topic: string,
  messages: readonly InboxMessage[],
): Promise<void> {
  await put(log, ...messages.map((value) => ({ topic, key: value.goldenId, value })));
  await deliverAll(log, group);
}

async function createReady(options: { readonly matchByEmail?: boolean } = {}) {
  const setting = createSetting(options);
  await setting.stores.syncState.markFirstReadsComplete();
  return setting;
}

/** The lead of a golden record, at a version. */
function leadMessage(version = 1, fields: ScalarValues = {}, goldenId = golden): InboxMessage {
  const event = exampleEvent({
    recordId: goldenId,
    version: { epoch: 1, number: version },
    fields: { firstname: 'Ann', lastname: 'Example', emailaddress1: 'ann@example.com', ...fields },
  });
  return { kind: 'event', goldenId, system: 'dynamics', table: 'lead', event, written: null };
}

function personMessage(fields: ScalarValues = {}, goldenId = golden): InboxMessage {
  const event = exampleEvent({
    eventId: `marketo/person/7/1.1`,
    recordId: '7',
    version: null,
    page: { epoch: 1, number: 1 },
    fields: { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com', ...fields },
  });
  return { kind: 'event', goldenId, system: 'marketo', table: 'lead', event, written: null };
}

const outcomeMessage = (
  command: WriteCommand | undefined,
  answer: Partial<DeliveryOutcome> & Pick<DeliveryOutcome, 'result'>,
): InboxMessage => {
  if (!command) throw new Error('there is no command to answer');
  return { kind: 'outcome', goldenId: command.goldenId, outcome: outcomeOf(command, answer, 0) };
};

/** A message whose event is missing: nothing can even be read for it. */
const hollow = (goldenId = golden) => ({ ...leadMessage(1, {}, goldenId), event: null }) as never;

/** A message with evidence that makes no sense: everything can be read, but no decision can be made. */
function broken(): InboxMessage {
  const message = personMessage();
  if (message.kind !== 'event') return message;
  return { ...message, event: { ...message.event, evidence: { feedNumber: null, rows: [null] } as never } };
}

describe('a decision', () => {
  it('is saved, and lets out a golden event and a command to create the person', async () => {
    const { send, record, goldenEvents, commands } = await createReady();

    await send(leadMessage());

    expect((await record())?.fields['firstName']).toMatchObject({ value: 'Ann', source: 'dynamics' });
    expect(goldenEvents()).toMatchObject([{ goldenId: golden, fields: { firstName: 'Ann' }, lane: 'LIVE' }]);
    expect(commands()).toMatchObject([
      { goldenId: golden, operation: 'CREATE', fields: { firstName: 'Ann' } },
    ]);
  });

  it('waits with the creation of a person until both sides have been read once', async () => {
    const { send, record, goldenEvents, commands } = createSetting();

    await send(leadMessage());

    expect((await record())?.waiting).toMatchObject({ cause: 'first-reads' });
    expect(goldenEvents()).toHaveLength(1);
    expect(commands()).toEqual([]);
  });

  it('keeps backfill in its own lane', async () => {
    const { sendBackfill, commands } = await createReady();
    const message = leadMessage();
    if (message.kind !== 'event') return;

    await sendBackfill({ ...message, event: { ...message.event, lane: 'BACKFILL' } });

    expect(commands()).toEqual([]);
    expect(commands(topics.writesBackfill)).toMatchObject([{ operation: 'CREATE', lane: 'BACKFILL' }]);
  });

  it('has the writes counted that its messages tell the end of', async () => {
    const noted: Ended[] = [];
    const { send, start, commands } = await createReady();
    start({ meter: { note: (ended) => void noted.push(...ended) } });
    await send(leadMessage());
    expect(noted).toEqual([]);

    await send(outcomeMessage(commands()[0], { result: 'CREATED', personId: '7' }));

    expect(noted).toEqual([{ system: 'marketo', entity: 'person', isDone: true }]);
  });

  it('rests on what the messages before it in the same batch said', async () => {
    const { send, record, goldenEvents } = await createReady();

    await send(leadMessage(1), leadMessage(2, { firstname: 'Zoë' }), leadMessage(1, { firstname: 'Old' }));

    expect((await record())?.fields['firstName']?.value).toBe('Zoë');
    expect(goldenEvents().map(({ fields }) => fields['firstName'])).toEqual(['Ann', 'Zoë']);
  });

  it('writes to Dynamics what Dynamics does not hold', async () => {
    const { send, writes } = await createReady();
    await send(leadMessage());

    await send(personMessage({ firstName: 'Zoë' }));

    expect(writes).toMatchObject([
      { goldenId: golden, entry: { rowId: golden, ifMatch: { number: 1 }, columns: { firstname: 'Zoë' } } },
    ]);
  });

  it('links the person that an outcome names, and claims the address of a row', async () => {
    const { send, stores, commands } = await createReady({ matchByEmail: true });
    await send(leadMessage());

    await send(outcomeMessage(commands()[0], { result: 'CREATED', personId: '7' }));

    expect((await stores.links.resolve(['marketo/person/7'])).get('marketo/person/7')).toBe(golden);
    expect((await stores.claims.read(['email/ann@example.com'])).get('email/ann@example.com')).toEqual([
      { claim: 'email/ann@example.com', rowKey: `dynamics/lead/${golden}`, goldenId: golden },
    ]);
  });

  it('gives up the claim on an address that a row no longer has', async () => {
    const { send, stores } = await createReady({ matchByEmail: true });
    await send(leadMessage());

    await send(leadMessage(2, { emailaddress1: 'new@example.com' }));

    const claims = await stores.claims.read(['email/ann@example.com', 'email/new@example.com']);
    expect([...claims.keys()]).toEqual(['email/new@example.com']);
  });

  it('joins the two records of one person, and passes on what comes to the former in its lane', async () => {
    const { send, sendBackfill, stores, record, log } = await createReady({ matchByEmail: true });
    await stores.links.link(new Map([['marketo/person/7', exampleId(2)]]));
    await send(personMessage({ city: 'Ulm' }, exampleId(2)));

    await send(leadMessage());
    await sendBackfill(personMessage({ city: 'Bonn' }, exampleId(2)));

    expect(await record(exampleId(2))).toMatchObject({ aliasOf: golden });
    expect((await stores.links.resolve(['marketo/person/7'])).get('marketo/person/7')).toBe(golden);
    expect((await record())?.rows).toMatchObject([{ system: 'dynamics' }, { system: 'marketo', id: '7' }]);
    expect(eventsOf<InboxMessage>(log, topics.inboxBackfill, golden)).toMatchObject([
      { kind: 'event', goldenId: golden, event: { fields: { city: 'Bonn' } } },
    ]);
  });
});

describe('when the reconciler fails in between', () => {
  it('shows golden event, command and offset together or not at all, and writes only after them', async () => {
    const { send, log, faults, record, goldenEvents, commands, writes } = await createReady();
    await send(leadMessage());
    await deliverAll(log, group);
    faults.at = 'commit';

    await expect(send(personMessage({ firstName: 'Zoë' }))).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
    });

    expect((await record())?.fields['firstName']?.value).toBe('Zoë');
    expect([goldenEvents().length, commands().length, writes.length]).toEqual([1, 1, 0]);
    expect(log.pending(group)).toMatchObject([{ topic: topics.inbox, count: 1 }]);
  });

  it.each([
    ['the same process', false],
    ['a new process', true],
  ])('lets %s publish what was saved, under the ids it was saved with', async (_who, restarts) => {
    const { send, log, faults, start, record, goldenEvents, commands } = await createReady();
    faults.at = 'commit';
    await expect(send(leadMessage())).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    const saved = await record();
    if (restarts) start();

    await deliverAll(log, group);

    const ids = [
      ...goldenEvents().map(({ eventId }) => eventId),
      ...commands().map(({ commandId }) => commandId),
    ];
    expect(ids.sort()).toEqual(saved?.outbox.map(({ entryId }) => entryId).sort());
    expect(ids).toHaveLength(2);
    expect(log.pending(group)).toEqual([]);
  });

  it('does not repeat what it knows to be published', async () => {
    const { send, goldenEvents, commands } = await createReady();
    await send(leadMessage());

    await send(leadMessage(2, { firstname: 'Zoë' }));

    expect(goldenEvents().map(({ fields }) => fields['firstName'])).toEqual(['Ann', 'Zoë']);
    expect(commands()).toHaveLength(1);
  });

  it('repeats, under the same ids, what may not have been published', async () => {
    const { send, start, goldenEvents, commands } = await createReady();
    await send(leadMessage());
    start();

    await send(leadMessage(2, { firstname: 'Zoë' }));

    const ids = goldenEvents().map(({ eventId }) => eventId);
    expect(ids).toHaveLength(3);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(2);
    expect(new Set(commands().map(({ commandId }) => commandId)).size).toBe(1);
  });
});

describe('when somebody else saves in between', () => {
  /** A store in which `rival` saves before the first save of this process. */
  function contested(store: GoldenStore, rival: () => Promise<void>): GoldenStore {
    let isFirst = true;
    return {
      ...store,
      async save(saves) {
        if (isFirst) {
          isFirst = false;
          await rival();
        }
        return store.save(saves);
      },
    };
  }

  it('decides again on what was saved, and loses neither', async () => {
    const { send, start, stores, record, goldenEvents } = await createReady();
    const rival = { ...createSetting(), stores };
    rival.start(stores);
    start({ golden: contested(stores.golden, () => rival.send(personMessage({ city: 'Ulm' }))) });

    await send(leadMessage());

    expect(await record()).toMatchObject({
      revision: { epoch: 1, number: 2 },
      fields: { firstName: { value: 'Ann' }, city: { value: 'Ulm' } },
    });
    expect(goldenEvents().at(-1)?.revision).toEqual({ epoch: 1, number: 2 });
    expect(goldenEvents().at(-1)?.rows).toHaveLength(2);
  });

  it('gives the batch back, and publishes nothing, when the record never comes to rest', async () => {
    const { send, start, stores, log, goldenEvents } = await createReady();
    const save: GoldenStore['save'] = async (saves) => new Set(saves.map(({ record }) => record.goldenId));
    start({ golden: { ...stores.golden, save } });

    await expect(send(leadMessage())).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });

    expect(goldenEvents()).toEqual([]);
    expect(log.pending(group)).toHaveLength(1);
  });

  it('sets a message aside once, however often its record is decided', async () => {
    const { send, start, stores, log } = await createReady();
    const rival = { ...createSetting(), stores };
    rival.start(stores);
    start({ golden: contested(stores.golden, () => rival.send(personMessage())) });

    await send(leadMessage(), broken());

    expect(log.messages(topics.deadLetters)).toHaveLength(1);
  });
});

describe('a message that cannot be decided', () => {
  it.each([
    ['hollow', hollow(), false],
    ['hollow', hollow(), true],
    ['broken', broken(), true],
    ['keyed wrongly', leadMessage(1, {}, exampleId(2)), true],
    ['empty', null, true],
  ])('goes to the dead letters while all others flow: one that is %s', async (_what, value, matchByEmail) => {
    const { send, log, goldenEvents } = await createReady({ matchByEmail });
    await put(log, { topic: topics.inbox, key: golden, value: leadMessage() });
    await put(log, { topic: topics.inbox, key: golden, value });

    await send(leadMessage(2, { firstname: 'Zoë' }));

    expect(goldenEvents().map(({ fields }) => fields['firstName'])).toEqual(['Ann', 'Zoë']);
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toMatchObject([
      { topic: topics.inbox, offset: '1', code: 'MESSAGE_UNEXPECTED' },
    ]);
    expect(log.messages(topics.deadLetters)).toMatchObject([{ key: golden }]);
  });
});

describe('a record that waits', () => {
  it('is told of once, with its code', async () => {
    const { send, log, commands } = await createReady();
    await send(leadMessage());
    const refused = outcomeMessage(commands()[0], { result: 'REFUSED', code: '1003' });

    await send(refused);
    await send(refused);

    expect(eventsOf<Notice>(log, topics.notices)).toEqual([
      expect.objectContaining({ code: '1003', severity: 'warning', entity: `golden/${golden}` }),
    ]);
  });

  it('waits for one field only when Marketo took all others, and is not sent for it again', async () => {
    const { send, record, commands } = await createReady();
    await send(leadMessage());
    const [command] = commands();
    const { email, ...accepted } = command?.fields ?? {};
    const sequence = { epoch: 1, number: 5 };

    await send(
      outcomeMessage(command, {
        ...{ result: 'CREATED', personId: '7', accepted, sent: sequence, answered: sequence },
        ...{ code: '1003', field: 'email' },
      }),
    );

    const person = (await record())?.rows.find(({ system }) => system === 'marketo');
    expect(person?.parked).toEqual({ email: { value: email, code: '1003' } });
    expect((await record())?.waiting).toBeNull();
    expect(commands()).toHaveLength(1);
  });
});
