import { randomUUID } from 'node:crypto';
import type { AvroSchema } from '@lockstep/change-events';
import { changeEventSchema, createCodec, topicSchemas } from '@lockstep/change-events';
import { createSchemaIds } from './createSchemaIds.ts';
import { checkRegistry, registerSchemas } from './registerSchemas.ts';

const url = process.env['SCHEMA_REGISTRY_URL'] ?? '';
const newSubject = () => `test-${randomUUID()}-value`;

const person = (...fields: object[]): AvroSchema => ({
  type: 'record',
  name: 'Person',
  fields: [{ name: 'id', type: ['null', 'string'], default: null }, ...fields],
});
const nullableEmail = { name: 'email', type: ['null', 'string'], default: null };

describe('schema ids from a registry', () => {
  it('gives a schema one id, however often it is registered, and the schema back by that id', async () => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const subject = newSubject();

    const first = await ids.idOf(subject, person());
    const again = await ids.idOf(subject, person());

    expect(again).toBe(first);
    expect(await ids.schemaOf(first)).toEqual(person());
  });

  it('gives one id to processes that register one schema at the same time', async () => {
    const subjects = Array.from({ length: 5 }, newSubject);
    const processes = Array.from({ length: 4 }, () => createSchemaIds({ url, autoRegister: true }));

    for (const subject of subjects) {
      const ids = await Promise.all(processes.map((process) => process.idOf(subject, person())));
      expect(new Set(ids).size).toBe(1);
    }
  });

  it('lets a schema grow by a nullable field, and still reads what was written before', async () => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const subject = newSubject();
    const narrow = createCodec(ids, new Map([[subject, person()]]));
    const wide = createCodec(ids, new Map([[subject, person(nullableEmail)]]));

    const before = await narrow.encode(subject, { id: '1' });
    await wide.encode(subject, { id: '2', email: null });

    expect(Object.keys((await wide.decode(before)) as object)).toEqual(['id']);
  });

  it('refuses an incompatible change', async () => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const subject = newSubject();
    await ids.idOf(subject, person());

    await expect(ids.idOf(subject, person({ name: 'email', type: 'string' }))).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
    });
  });

  it('refuses what an earlier version but not the latest forbids', async () => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const subject = newSubject();
    await ids.idOf(subject, person(nullableEmail));
    await ids.idOf(subject, person());

    await expect(
      ids.idOf(subject, person({ name: 'email', type: ['null', 'long'], default: null })),
    ).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
  });

  it.each([
    ['long', 'string', 'integer', 'string'],
    ['option list', 'text', 'options', 'string'],
    ['lookup', 'option', 'lookup', 'option'],
  ] as const)('names the column that was %s and is %s now', async (_was, _is, former, present) => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const subject = newSubject();
    const schemaWith = (type: typeof former | typeof present) =>
      changeEventSchema('lockstep.dynamics.lead', [
        { name: 'lastname', type: 'string', doc: `beside a column that is ${type}` },
        { name: 'size', type },
      ]);
    await ids.idOf(subject, schemaWith(former));
    await ids.idOf(
      subject,
      changeEventSchema('lockstep.dynamics.lead', [{ name: 'lastname', type: 'string' }]),
    );

    await expect(ids.idOf(subject, schemaWith(present))).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      details: { subject, field: 'size' },
    });
  });

  it('registers nothing when that is a step of the deployment', async () => {
    const subject = newSubject();
    const reader = createSchemaIds({ url, autoRegister: false });
    await expect(reader.idOf(subject, person())).rejects.toMatchObject({ code: 'SCHEMA_MISSING' });

    const id = await createSchemaIds({ url, autoRegister: true }).idOf(subject, person());

    expect(await reader.idOf(subject, person())).toBe(id);
    await expect(reader.idOf(subject, person(nullableEmail))).rejects.toMatchObject({
      code: 'SCHEMA_MISSING',
    });
  });

  it('registers for a service that may not, and a schema that is refused holds up no other', async () => {
    const topicPrefix = randomUUID();
    const config = { schemaRegistryUrl: url, schemaAutoRegister: false, topicPrefix };
    const check = (schema: AvroSchema) => checkRegistry(config, async () => [['known', schema]]);
    expect(await check(person())).toMatchObject({
      isWell: false,
      sentences: [expect.stringContaining(`${topicPrefix}.known-value`)],
    });

    expect(await registerSchemas(config, [['known', person()]])).toMatchObject({ isWell: true });
    const other = person({ name: 'email', type: 'string' });
    const { isWell, sentences } = await registerSchemas(config, [
      ['known', other],
      ['new', person()],
    ]);

    expect({ isWell, sentences }).toEqual({
      isWell: false,
      sentences: [
        expect.stringMatching(/^ok: .*\.new-value has the id \d+$/),
        expect.stringMatching(/^SCHEMA_INCOMPATIBLE.*\.known-value/),
      ],
    });
    expect((await check(person())).isWell).toBe(true);
  });

  it('calls a message with an unknown schema id undecodable', async () => {
    const ids = createSchemaIds({ url, autoRegister: false });

    await expect(ids.schemaOf(2_000_000_000)).rejects.toMatchObject({ code: 'MESSAGE_UNDECODABLE' });
  });

  it('accepts every schema of the product', async () => {
    const ids = createSchemaIds({ url, autoRegister: true });
    const prefix = randomUUID();
    const all = [...topicSchemas()];

    const registered = await Promise.all(
      all.map(([topic, schema]) => ids.idOf(`${prefix}.${topic}-value`, schema)),
    );

    expect(registered).toHaveLength(all.length);
    expect(registered.every((id) => Number.isInteger(id))).toBe(true);
  });
});
