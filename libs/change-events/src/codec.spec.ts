import type { AvroSchema } from './avroTypes.ts';
import { createCodec } from './codec.ts';
import type { ChangeEvent } from './events.ts';
import type { InboxMessage } from './inboxMessage.ts';
import { canonicalDecimal } from './logicalTypes.ts';
import { createMessageCodec, subjectSchemas } from './messageCodec.ts';
import type { SchemaIds } from './schemaIds.ts';
import { changeEventSchema } from './schemas.ts';
import { topicSchemas } from './topicSchemas.ts';
import { topics } from './topics.ts';

function inMemorySchemaIds(): SchemaIds {
  const known: AvroSchema[] = [];
  return {
    idOf: (_subject, schema) => {
      const text = JSON.stringify(schema);
      const at = known.findIndex((other) => JSON.stringify(other) === text);
      return Promise.resolve(at >= 0 ? at : known.push(schema) - 1);
    },
    schemaOf: (id) => Promise.resolve(known[id] as AvroSchema),
  };
}

const leadChanged: ChangeEvent = {
  eventId: 'e1',
  operation: 'UPSERT',
  recordId: '6b29fc40-ca47-1067-b31d-00dd010662da',
  version: { epoch: 1, number: 9_007_199_254_740_990 },
  page: { epoch: 2, number: 7 },
  changedAt: '2026-11-21T10:00:00Z',
  observedAt: '2026-11-21T10:00:01.250Z',
  changedBy: null,
  lane: 'LIVE',
  fields: {
    firstname: 'Zoë',
    lastname: '',
    emailaddress1: null,
    donotphone: false,
    statecode: { value: 0, label: 'Open' },
    revenue: '123456789012345678.0000000001',
    createdon: '2026-01-02T03:04:05Z',
    ownerid: { id: 'a', table: 'systemuser' },
  },
  mergedInto: null,
  evidence: null,
};

const openCodec = () => createMessageCodec(createCodec(inMemorySchemaIds(), subjectSchemas(topicSchemas())));

describe('the codec', () => {
  it('tells the schema that a topic is written with, and the one that was defined since', async () => {
    const codec = openCodec();
    const topic = topics.dynamicsChanges('lead');
    const before = await codec.registered(topic);
    const schema = changeEventSchema('lockstep.dynamics.lead', [{ name: 'fax', type: 'string' }]);
    await codec.define(topic, schema);

    expect(before.schema).toEqual(topicSchemas().get(topic));
    expect(await codec.registered(topic)).toEqual({ id: before.id + 1, schema });
  });

  it('keeps every kind of value exact on the way through a topic', async () => {
    const codec = openCodec();
    const topic = topics.dynamicsChanges('lead');

    const decoded = (await codec.decode(topic, await codec.encode(topic, leadChanged))) as ChangeEvent;

    expect(decoded).toMatchObject(leadChanged);
  });

  it.each([
    '0',
    '0.0000000001',
    '-0.0000000001',
    '1.27',
    '-1.28',
    '922337203.6854775807',
    '922337203.6854775808',
    '-922337203.6854775808',
    '-922337203.6854775809',
    '99999999999999999999.5',
  ])('keeps the decimal %s exact', async (revenue) => {
    const codec = openCodec();
    const topic = topics.dynamicsChanges('lead');

    const bytes = await codec.encode(topic, { ...leadChanged, fields: { ...leadChanged.fields, revenue } });
    const decoded = (await codec.decode(topic, bytes)) as ChangeEvent;

    expect(decoded.fields?.['revenue']).toBe(revenue);
  });

  it('leaves a field absent, not null, when the writer did not read it', async () => {
    const ids = inMemorySchemaIds();
    const schema = changeEventSchema('lockstep.dynamics.lead', [{ name: 'firstname', type: 'string' }]);
    const narrow = createMessageCodec(createCodec(ids, new Map([['dynamics.lead.changes-value', schema]])));
    const wide = createMessageCodec(createCodec(ids, subjectSchemas(topicSchemas())));
    const topic = topics.dynamicsChanges('lead');

    const bytes = await narrow.encode(topic, { ...leadChanged, fields: { firstname: null } });
    const decoded = (await wide.decode(topic, bytes)) as ChangeEvent;

    expect(Object.keys(decoded.fields ?? {})).toEqual(['firstname']);
    expect(decoded.fields?.['firstname']).toBeNull();
  });

  it('carries a forwarded event through the inbox in the schema it was written with', async () => {
    const codec = openCodec();
    const message: InboxMessage = {
      kind: 'event',
      goldenId: 'g',
      system: 'dynamics',
      table: 'lead',
      event: leadChanged,
      written: null,
      wish: { claim: 'email/ada@example.com', revision: 3 },
      requestsEnded: ['webhook/1'],
    };

    const decoded = await codec.decode(topics.inbox, await codec.encode(topics.inbox, message));

    expect(decoded).toMatchObject(message);
  });

  it('carries all that a wake-up says through the inbox', async () => {
    const codec = openCodec();
    const at = '2026-11-22T10:00:00Z';
    const message: InboxMessage = {
      ...{ kind: 'wake-up', goldenId: 'g', reason: 'parted', target: 'marketo/person/7' },
      ...{ until: at, sentAt: at, conflict: null, wish: { claim: 'email/ada@example.com', revision: 3 } },
    };

    expect(await codec.decode(topics.inbox, await codec.encode(topics.inbox, message))).toEqual(message);
  });

  it.each([
    ['bytes without header', Buffer.from('{}')],
    ['bytes cut short', Buffer.from([0, 0, 0, 0, 0, 2])],
  ])('refuses %s as undecodable', async (_name, bytes) => {
    const ids = inMemorySchemaIds();
    const codec = createCodec(ids, subjectSchemas(topicSchemas()));
    await codec.encode('dynamics.lead.changes-value', leadChanged);

    await expect(codec.decode(bytes)).rejects.toMatchObject({ code: 'MESSAGE_UNDECODABLE' });
  });

  it('refuses a number that JavaScript cannot hold instead of rounding it', async () => {
    const tooLarge = { ...leadChanged, version: { epoch: 1, number: 2 ** 53 } };

    await expect(async () => openCodec().encode(topics.dynamicsChanges('lead'), tooLarge)).rejects.toThrow();
  });
});

describe('canonicalDecimal', () => {
  it.each([
    ['20000.0000', '20000'],
    ['-0.10', '-0.1'],
    ['1.2005e3', '1200.5'],
    ['.5', '0.5'],
    ['0000', '0'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['-0.5', '-0.5'],
    ['007.25', '7.25'],
    ['-12.0000000001', '-12.0000000001'],
    ['1234567890123456789.5', '1234567890123456789.5'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalDecimal(text)).toBe(canonical);
  });

  it('refuses what it would have to round', () => {
    expect(() => canonicalDecimal('0.00000000001')).toThrow('more than ten decimals');
  });
});
