import type { AvroSchema } from './avroTypes.ts';
import { createCodec } from './codec.ts';
import { SyncError } from './errors.ts';
import type { ChangeEvent, FieldValues } from './events.ts';
import type { InboxMessage } from './inboxMessage.ts';
import { createMessageCodec, subjectSchemas } from './messageCodec.ts';
import type { SchemaIds } from './schemaIds.ts';
import { changeEventSchema } from './schemas.ts';
import { topicSchemas } from './topicSchemas.ts';
import { topics } from './topics.ts';

const topic = topics.dynamicsChanges('lead');

/** A registry in memory; it refuses what `isRefused` says, and counts what it is asked for. */
function memoryRegistry(isRefused: (schema: AvroSchema) => boolean = () => false) {
  const known: string[] = [];
  const ids: SchemaIds = {
    async idOf(subject, schema) {
      if (isRefused(schema)) throw new SyncError('SCHEMA_INCOMPATIBLE', { subject });
      const text = JSON.stringify(schema);
      const at = known.indexOf(text);
      return at >= 0 ? at : known.push(text) - 1;
    },
    schemaOf: async (id) => JSON.parse(known[id] ?? 'null') as AvroSchema,
  };
  return { ids, known };
}

const strings = (...names: string[]) =>
  changeEventSchema(
    'lockstep.dynamics.lead',
    names.map((name) => ({ name, type: 'string' as const })),
  );

const codecWith = (ids: SchemaIds, schema?: AvroSchema) =>
  createMessageCodec(
    createCodec(
      ids,
      subjectSchemas(new Map([...topicSchemas(), ...(schema ? [[topic, schema] as const] : [])])),
    ),
  );

const leadChanged = (fields: FieldValues): ChangeEvent => ({
  eventId: 'e1',
  operation: 'UPSERT',
  recordId: '6b29fc40-ca47-1067-b31d-00dd010662da',
  version: { epoch: 1, number: 7 },
  page: { epoch: 1, number: 1 },
  changedAt: '2026-11-21T10:00:00Z',
  observedAt: '2026-11-21T10:00:01Z',
  changedBy: null,
  lane: 'LIVE',
  fields,
  mergedInto: null,
  evidence: null,
});

const forwarded = (event: ChangeEvent): InboxMessage => ({
  kind: 'event',
  goldenId: 'g',
  system: 'dynamics',
  table: 'lead',
  event,
  written: null,
});

type Codec = ReturnType<typeof codecWith>;

/** The event inside an inbox message, after it was written by one process and read by another. */
async function throughInbox(writer: Codec, reader: Codec, event: ChangeEvent): Promise<ChangeEvent> {
  const bytes = await writer.encode(topics.inbox, forwarded(event));
  const message = (await reader.decode(topics.inbox, bytes)) as { event: ChangeEvent };
  return message.event;
}

describe('an event that is forwarded', () => {
  it('keeps the schema it was written with: a column its writer did not read stays absent', async () => {
    const { ids } = memoryRegistry();
    const narrow = codecWith(ids, strings('firstname'));
    const wide = codecWith(ids, strings('firstname', 'telephone1'));
    const event = leadChanged({ firstname: 'Zoë' });
    const decoded = (await wide.decode(topic, await narrow.encode(topic, event))) as ChangeEvent;

    const arrived = await throughInbox(wide, codecWith(ids), decoded);

    expect(arrived.fields).toEqual({ firstname: 'Zoë' });
  });

  it('keeps columns that the forwarding process does not know', async () => {
    const { ids } = memoryRegistry();
    const wide = codecWith(ids, strings('firstname', 'new_rank'));
    const narrow = codecWith(ids, strings('firstname'));
    const event = leadChanged({ firstname: 'Zoë', new_rank: 'a' });
    const decoded = (await narrow.decode(topic, await wide.encode(topic, event))) as ChangeEvent;

    const arrived = await throughInbox(narrow, narrow, decoded);

    expect(arrived.fields).toEqual({ firstname: 'Zoë', new_rank: 'a' });
  });

  it('keeps its schema when it is forwarded from the inbox once more', async () => {
    const { ids } = memoryRegistry();
    const wide = codecWith(ids, strings('firstname', 'telephone1'));
    const event = leadChanged({ firstname: 'Zoë' });
    const decoded = (await wide.decode(
      topic,
      await codecWith(ids, strings('firstname')).encode(topic, event),
    )) as ChangeEvent;

    const once = await throughInbox(wide, wide, decoded);
    const twice = await throughInbox(wide, wide, once);

    expect(twice.fields).toEqual({ firstname: 'Zoë' });
  });
});

describe('an event that lacks columns of its schema', () => {
  it('comes out without them, null only where null was given', async () => {
    const { ids } = memoryRegistry();
    const codec = codecWith(ids, strings('firstname', 'lastname', 'telephone1'));
    const event = leadChanged({ firstname: 'Zoë', lastname: null });

    const inside = await throughInbox(codec, codec, event);
    const direct = (await codec.decode(topic, await codec.encode(topic, event))) as ChangeEvent;

    expect(inside.fields).toEqual({ firstname: 'Zoë', lastname: null });
    expect(direct.fields).toEqual({ firstname: 'Zoë', lastname: null });
  });

  it('registers one schema per set of columns, also when sets alternate beyond what is kept', async () => {
    const { ids, known } = memoryRegistry();
    const names = Array.from({ length: 40 }, (_, n) => `c${n}`);
    const codec = codecWith(ids, strings(...names));

    for (const name of [...names, ...names]) await codec.encode(topic, leadChanged({ [name]: 'x' }));

    expect(known).toHaveLength(41);
  });
});

describe('changing the schema of a topic at run time', () => {
  it('writes with the new schema from then on', async () => {
    const { ids } = memoryRegistry();
    const codec = codecWith(ids, strings('firstname'));
    const event = leadChanged({ firstname: 'Zoë', new_rank: 'a' });
    const before = (await codec.decode(topic, await codec.encode(topic, event))) as ChangeEvent;

    await codec.define(topic, strings('firstname', 'new_rank'));
    const after = (await codec.decode(topic, await codec.encode(topic, event))) as ChangeEvent;

    expect([before.fields, after.fields]).toEqual([
      { firstname: 'Zoë' },
      { firstname: 'Zoë', new_rank: 'a' },
    ]);
  });

  it('stays with the former schema when the registry refuses the new one', async () => {
    const refused = strings('lastname');
    const { ids } = memoryRegistry((schema) => JSON.stringify(schema) === JSON.stringify(refused));
    const codec = codecWith(ids, strings('firstname'));

    await expect(codec.define(topic, refused)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });

    const bytes = await codec.encode(topic, leadChanged({ firstname: 'Zoë', lastname: 'x' }));
    expect(((await codec.decode(topic, bytes)) as ChangeEvent).fields).toEqual({ firstname: 'Zoë' });
  });

  it('names a topic that had no schema before', async () => {
    const codec = codecWith(memoryRegistry().ids);
    const custom = topics.dynamicsChanges('new_visit');

    await expect(async () => codec.encode(custom, leadChanged({}))).rejects.toMatchObject({
      code: 'SCHEMA_MISSING',
    });
    await codec.define(
      custom,
      changeEventSchema('lockstep.dynamics.new_visit', [{ name: 'a', type: 'string' }]),
    );

    expect(await codec.encode(custom, leadChanged({ a: 'x' }))).toBeInstanceOf(Buffer);
  });
});

describe('the head of an event', () => {
  it('is what orders it, also when the writer knew other columns', async () => {
    const { ids } = memoryRegistry();
    const writer = codecWith(ids, strings('firstname'));
    const event = leadChanged({ firstname: 'Zoë' });

    const head = await codecWith(ids).decodeHead(topic, await writer.encode(topic, event));

    expect(head).toEqual({
      operation: 'UPSERT',
      version: event.version,
      page: event.page,
      changedAt: '2026-11-21T10:00:00Z',
    });
  });

  it.each([
    ['bytes without header', Buffer.from('{}')],
    ['a head cut short', Buffer.from([0, 0, 0, 0, 0, 2])],
  ])('refuses %s as undecodable', async (_name, bytes) => {
    const { ids } = memoryRegistry();
    const codec = codecWith(ids);
    await codec.encode(topic, leadChanged({}));

    await expect(async () => codec.decodeHead(topic, bytes)).rejects.toMatchObject({
      code: 'MESSAGE_UNDECODABLE',
    });
  });

  it('refuses what is no change event as undecodable', async () => {
    const { ids } = memoryRegistry();
    const codec = codecWith(ids);
    const bytes = await codec.encode(topics.requests, { requestId: 'r' });

    await expect(async () => codec.decodeHead(topics.requests, bytes)).rejects.toMatchObject({
      code: 'MESSAGE_UNDECODABLE',
    });
  });
});

describe('a value that does not fit its schema', () => {
  it.each([
    ['a number where text belongs', { firstname: 5 }, 'fields.firstname'],
    ['text where a decimal belongs', { revenue: 'a lot' }, 'fields.revenue'],
    ['text where a time belongs', { createdon: 'yesterday' }, 'fields.createdon'],
    [
      'an option without a whole number',
      { statecode: { value: 1.5, label: null } },
      'fields.statecode.value',
    ],
  ])('is named by its field, not by its value: %s', async (_name, fields, field) => {
    const codec = codecWith(memoryRegistry().ids);

    const failure: unknown = await Promise.resolve(
      codec.encode(topic, leadChanged(fields as FieldValues)),
    ).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'EVENT_UNENCODABLE', details: { field } });
    expect(String((failure as Error).message)).not.toMatch(/a lot|yesterday/);
    expect((failure as Error).cause).toBeUndefined();
  });

  it('leaves the messages before and after it whole', async () => {
    const codec = codecWith(memoryRegistry().ids, strings('firstname'));
    const before = await codec.encode(topic, leadChanged({ firstname: 'before' }));
    await expect(async () => codec.encode(topic, leadChanged({ firstname: 5 }))).rejects.toThrow();
    const large = await codec.encode(topic, leadChanged({ firstname: 'x'.repeat(400_000) }));
    const after = await codec.encode(topic, leadChanged({ firstname: 'after' }));

    const names = [before, large, after].map(
      async (bytes) => ((await codec.decode(topic, bytes)) as ChangeEvent).fields?.['firstname'],
    );
    expect(await Promise.all(names)).toEqual(['before', 'x'.repeat(400_000), 'after']);
  });
});
