import { topics, type ChangeEvent, type DeliveryOutcome, type InboxMessage } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type OutgoingMessage } from '@lockstep/ports';
import { outcomeOf } from './deliver/deliveryOutcome.ts';
import { deliverAll, eventsOf, exampleCommand, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { createRouter } from './routeChanges.ts';

const dynamicsLeads = topics.dynamicsChanges('lead');
const dynamicsContacts = topics.dynamicsChanges('contact');
const marketoLeads = topics.marketingChanges('lead');
const marketoContacts = topics.marketingChanges('contact');

function createSetting() {
  const log = inMemoryEventLog();
  const { links } = inMemoryStores();
  const options = { group: 'router', batchSizeMax: 10 };
  const sources = [dynamicsLeads, dynamicsContacts, marketoLeads, marketoContacts, topics.outcomes];
  log.subscribe({ ...options, topics: sources }, createRouter(links));
  return {
    log,
    links,
    inbox: (topic: string = topics.inbox) => eventsOf<InboxMessage>(log, topic),
    async route(topic: string, ...values: Omit<OutgoingMessage, 'topic'>[]) {
      await put(log, ...values.map((value) => ({ topic, ...value })));
      await deliverAll(log, 'router');
    },
  };
}

const messageOf = (event: ChangeEvent) => ({ key: event.recordId, value: event });
const person = (changes: Partial<ChangeEvent> = {}) =>
  messageOf(exampleEvent({ recordId: '7', version: null, fields: { lastName: 'Example' }, ...changes }));

const contactOf = (leadId: string, recordId: string) =>
  messageOf(exampleEvent({ recordId, fields: { originatingleadid: { id: leadId, table: 'lead' } } }));

const outcome = (changes: Partial<DeliveryOutcome>) =>
  outcomeOf(exampleCommand(), { result: 'SUPERSEDED', ...changes }, 0);

describe('the router', () => {
  it('leads all events of a row to one golden id, and those of other rows to others', async () => {
    const { route, inbox, links } = createSetting();

    await route(dynamicsLeads, messageOf(exampleEvent()));
    await route(dynamicsLeads, messageOf(exampleEvent({ version: { epoch: 1, number: 2 } })));
    await route(dynamicsLeads, messageOf(exampleEvent({ recordId: exampleId(2) })));

    const idOf = (recordId: string) =>
      inbox().flatMap((message) =>
        message.kind === 'event' && message.event.recordId === recordId ? [message.goldenId] : [],
      );
    const [goldenId] = idOf(exampleId(1));
    expect(idOf(exampleId(1))).toEqual([goldenId, goldenId]);
    expect(idOf(exampleId(2))).toEqual([expect.not.stringMatching(goldenId ?? '')]);
    expect(await links.resolve([`dynamics/lead/${exampleId(1)}`])).toEqual(
      new Map([[`dynamics/lead/${exampleId(1)}`, goldenId]]),
    );
  });

  it('carries the event, its row and its headers to the inbox of the golden id', async () => {
    const { log, inbox, links, route } = createSetting();
    await links.link(new Map([[`dynamics/lead/${exampleId(1)}`, 'golden-1']]));

    await route(dynamicsLeads, { ...messageOf(exampleEvent()), headers: { traceparent: 't' } });

    expect(inbox()).toEqual([
      {
        kind: 'event',
        goldenId: 'golden-1',
        system: 'dynamics',
        table: 'lead',
        event: exampleEvent(),
        written: null,
      },
    ]);
    expect(log.messages(topics.inbox)).toMatchObject([{ key: 'golden-1', headers: { traceparent: 't' } }]);
  });

  it('finds the same golden id as another router that knows nothing of it', async () => {
    const [one, two] = [createSetting(), createSetting()];

    for (const { route } of [one, two]) await route(dynamicsLeads, messageOf(exampleEvent()));

    expect(one.inbox()[0]?.goldenId).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.inbox()).toEqual(two.inbox());
  });

  it('leads a person that carries a golden id of ours to that record', async () => {
    const { route, inbox } = createSetting();

    await route(marketoLeads, person({ fields: { lockstepId: exampleId(9) } }));

    expect(inbox()).toMatchObject([{ goldenId: exampleId(9), system: 'marketo', event: { recordId: '7' } }]);
  });

  it('believes the link, not the person, once the person is linked', async () => {
    const { route, inbox, links } = createSetting();
    await links.link(new Map([['marketo/person/7', exampleId(8)]]));

    await route(marketoLeads, person({ fields: { lockstepId: exampleId(9) } }));

    expect(inbox()).toMatchObject([{ goldenId: exampleId(8) }]);
  });

  it.each(['contact first', 'lead first'])(
    'leads the contact that a lead was qualified to, to the record of the lead (%s)',
    async (order) => {
      const { route, inbox } = createSetting();
      const lead = () => route(dynamicsLeads, messageOf(exampleEvent({ recordId: exampleId(3) })));
      const contact = () => route(dynamicsContacts, contactOf(exampleId(3), exampleId(1)));

      for (const read of order === 'lead first' ? [lead, contact] : [contact, lead]) await read();

      expect(inbox()).toHaveLength(2);
      expect(new Set(inbox().map(({ goldenId }) => goldenId)).size).toBe(1);
    },
  );

  it('leads only one of several contacts to the lead that all of them name', async () => {
    const { route, inbox } = createSetting();
    await route(dynamicsLeads, messageOf(exampleEvent({ recordId: exampleId(3) })));

    const contacts = [exampleId(1), exampleId(2)].map((id) => contactOf(exampleId(3), id));
    await route(dynamicsContacts, ...contacts);
    await route(dynamicsContacts, contactOf(exampleId(3), exampleId(4)));

    const [ofLead, ...ofContacts] = inbox().map(({ goldenId }) => goldenId);
    expect(ofContacts.filter((goldenId) => goldenId === ofLead)).toHaveLength(1);
    expect(new Set(ofContacts).size).toBe(3);
  });

  it('does not take a foreign text for a golden id', async () => {
    const { route, inbox } = createSetting();

    await route(marketoLeads, person({ fields: { lockstepId: 'typed by hand' } }));

    expect(inbox()[0]?.goldenId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('knows a person by its id on either of its topics', async () => {
    const { route, inbox } = createSetting();

    await route(marketoLeads, person());
    await route(marketoContacts, person());

    expect(new Set(inbox().map(({ goldenId }) => goldenId)).size).toBe(1);
  });

  it('drops the delete of a row that nobody knows, and forwards that of a known one', async () => {
    const { route, inbox, links } = createSetting();
    const deleted = { operation: 'DELETE', version: null, fields: null } as const;

    await route(dynamicsLeads, messageOf(exampleEvent(deleted)));
    expect(inbox()).toEqual([]);
    expect(await links.resolve([`dynamics/lead/${exampleId(1)}`])).toEqual(new Map());

    await route(dynamicsLeads, messageOf(exampleEvent()), messageOf(exampleEvent(deleted)));
    expect(inbox()).toMatchObject([{ event: { operation: 'UPSERT' } }, { event: { operation: 'DELETE' } }]);
  });

  it('forwards neither tombstones nor the news that a person moved', async () => {
    const { route, inbox } = createSetting();
    await route(marketoLeads, person());

    await route(marketoLeads, person({ operation: 'MOVED', fields: null }), { key: '7', value: null });

    expect(inbox()).toHaveLength(1);
  });

  it('keeps backfill in its own lane', async () => {
    const { route, inbox } = createSetting();

    await route(dynamicsLeads, messageOf(exampleEvent({ lane: 'BACKFILL' })));
    await route(topics.outcomes, { key: exampleId(1), value: outcome({}) });
    await route(topics.outcomes, { key: exampleId(1), value: { ...outcome({}), lane: 'BACKFILL' } });

    expect(inbox().map(({ kind }) => kind)).toEqual(['outcome']);
    expect(
      inbox(topics.inboxBackfill)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['event', 'outcome']);
  });

  it('brings an outcome to the record whose command it answers', async () => {
    const { route, inbox, log } = createSetting();

    await route(topics.outcomes, { key: exampleId(1), value: outcome({}) });

    expect(inbox()).toEqual([{ kind: 'outcome', goldenId: exampleId(1), outcome: outcome({}) }]);
    expect(log.messages(topics.inbox)).toMatchObject([{ key: exampleId(1) }]);
  });
});
