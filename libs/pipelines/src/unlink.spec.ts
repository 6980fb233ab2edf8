import { topics, type InboxMessage, type WriteCommand } from '@lockstep/change-events';
import { inMemoryDynamics, inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { unlinkRecord } from './operate/askRecords.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { createReconciler } from './reconcileChanges.ts';
import { createRouter } from './routeChanges.ts';

const id = exampleId(1);
const leads = topics.dynamicsChanges('lead');
const people = topics.marketingChanges('lead');
const rowKey = `dynamics/lead/${id}`;
/** Above the version that the row has in Dynamics. */
const later = 100_000_000;

/** A router and an owner; a lead and a person with one address, which were joined. */
async function createPair() {
  const [log, stores, clock, dynamics] = [
    inMemoryEventLog(),
    inMemoryStores(),
    exampleClock(),
    inMemoryDynamics(),
  ];
  await stores.syncState.markFirstReadsComplete();
  dynamics.seed('lead', [{ id, fields: { lastname: 'Row', emailaddress1: 'ann@example.com' } }]);
  log.subscribe({ group: 'router', topics: [leads, people], batchSizeMax: 10 }, createRouter(stores.links));
  log.subscribe(
    { group: 'owner', topics: [topics.inbox], batchSizeMax: 10 },
    createReconciler({
      ...{ ...stores, clock, mapping: defaultMapping, policy: { ...nativePolicy, matchByEmail: true } },
      writeDynamics: () => Promise.resolve(),
    }),
  );
  const flow = async () => {
    await deliverAll(log, 'router');
    await deliverAll(log, 'owner');
  };
  const send = async (topic: string, event: ReturnType<typeof exampleEvent>) => {
    await put(log, { topic, key: event.recordId, value: event });
    await flow();
  };
  const person = { version: null, page: { epoch: 1, number: 1 } };
  const held = { firstName: 'Ann', lastName: 'Person', email: 'ann@example.com' };
  await send(people, exampleEvent({ ...person, recordId: '7', eventId: 'marketo/7', fields: held }));
  await send(leads, lead(1, 'Row'));
  const ownerOf = async (key: string) => (await stores.links.resolve([key])).get(key) ?? '';
  const record = async (key: string) => {
    const goldenId = await ownerOf(key);
    const found = (await stores.golden.load([goldenId])).get(goldenId);
    if (!found) throw new Error(`nothing has ${key}`);
    return found;
  };
  const options = { publisher: await log.openPublisher('operator'), dynamics, clock, tables: ['lead'] };
  const commands = () => eventsOf<WriteCommand>(log, topics.writes);

  return { log, stores, flow, send, record, ownerOf, options, commands };
}

const lead = (number: number, lastname: string) =>
  exampleEvent({ version: { epoch: 1, number }, fields: { lastname, emailaddress1: 'ann@example.com' } });

describe('a pair that an operator unlinks', () => {
  it('is two records, and what comes of the row goes to the new one', async () => {
    const { send, flow, record, options } = await createPair();
    const before = await record(rowKey);
    expect(before.rows.map(({ system }) => system)).toEqual(['dynamics', 'marketo']);

    const { partedTo, goldenId } = await unlinkRecord(options, { record: before, actor: 'ann' });
    await flow();
    await send(leads, lead(later, 'Edited'));

    expect((await record(rowKey)).goldenId).toBe(partedTo);
    expect((await record(rowKey)).fields['lastName']?.value).toBe('Edited');
    expect((await record('marketo/person/7')).goldenId).toBe(goldenId);
    expect((await record('marketo/person/7')).fields['lastName']?.value).toBe('Person');
  });

  it('creates a person for the row that is looked for by our key alone, and changes nobody else', async () => {
    const { flow, record, options, commands } = await createPair();
    const earlier = commands().length;

    await unlinkRecord(options, { record: await record(rowKey), actor: 'ann' });
    await flow();

    expect(commands().slice(earlier)).toMatchObject([
      { operation: 'CREATE', personId: null, matchByEmail: false, fields: { lastName: 'Row' } },
    ]);
  });

  it('takes an event that was in the inbox of the former record along', async () => {
    const { log, flow, record, options } = await createPair();
    const before = await record(rowKey);
    await unlinkRecord(options, { record: before, actor: 'ann' });
    const event = lead(later, 'In flight');
    const value: InboxMessage = {
      ...{
        kind: 'event',
        goldenId: before.goldenId,
        system: 'dynamics',
        table: 'lead',
        event,
        written: null,
      },
    };
    await put(log, { topic: topics.inbox, key: value.goldenId, value });
    await flow();

    expect((await record(rowKey)).fields['lastName']?.value).toBe('In flight');
    expect((await record('marketo/person/7')).rows).toHaveLength(1);
  });
});
