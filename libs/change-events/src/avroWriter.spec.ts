import avsc, { type Schema } from 'avsc';
import { createSink } from './avroSink.ts';
import { nullable, record, scalarUnion, type AvroSchema } from './avroTypes.ts';
import { avroWriter } from './avroWriter.ts';
import { headerBytes, schemaWriter, typeFor } from './schemaWriter.ts';
import { topicSchemas } from './topicSchemas.ts';

const written = (schema: AvroSchema, value: unknown): Buffer =>
  schemaWriter(createSink(), 1, schema)(value).subarray(headerBytes);

const plainType = (schema: AvroSchema) => avsc.Type.forSchema(schema as Schema);

/** Bytes that avsc makes of random values in its own form. */
const randomBytes = (schema: AvroSchema, count: number): Buffer[] =>
  Array.from({ length: count }, () => plainType(schema).toBuffer(plainType(schema).random()));

describe('writing Avro', () => {
  // Times and decimals at random have no form of ours; they are in the tests of the codec.
  const plain = (schema: AvroSchema): AvroSchema =>
    JSON.parse(
      JSON.stringify(schema, (key, value: unknown) => (key === 'logicalType' ? undefined : value)),
    ) as AvroSchema;

  it.each([...topicSchemas()])('gives the bytes that avsc gives, for any value of %s', (_topic, schema) => {
    const bare = plain(schema);
    const expected = randomBytes(bare, 20);

    expect(expected.map((bytes) => written(bare, plainType(bare).fromBuffer(bytes)))).toEqual(expected);
  });

  it.each([0, -1, 63, 64, -64, -65, 2 ** 31, -(2 ** 31) - 1, 2 ** 52, 2 ** 53 - 1, -(2 ** 53 - 1)])(
    'keeps the whole number %d exact',
    (value) => {
      const bytes = written('long', value);
      const zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));

      expect(unsigned(bytes)).toBe(zigzag);
    },
  );

  it.each(['', 'a'.repeat(63), 'a'.repeat(64), 'Zoë', '€'.repeat(40), '😀', `${'a'.repeat(62)}é`])(
    'writes the text %j as UTF-8',
    (text) => {
      expect(plainType('string').fromBuffer(written('string', text))).toBe(text);
    },
  );

  it('leaves messages as they were when later ones need new memory', () => {
    const write = schemaWriter(createSink(), 1, 'string');
    const texts = Array.from({ length: 300 }, (_, n) => String.fromCharCode(97 + (n % 26)).repeat(n * 40));
    const large = 'ü'.repeat(1_000_000);

    const messages = [...texts, large, 'after'].map((text) => write(text));

    const read = messages.map((bytes): unknown =>
      plainType('string').fromBuffer(bytes.subarray(headerBytes)),
    );
    expect(read).toEqual([...texts, large, 'after']);
  });

  it('goes on behind the last good message after one that cannot be written', () => {
    const write = schemaWriter(
      createSink(),
      1,
      record('Pair', [
        { name: 'a', type: 'string' },
        { name: 'b', type: 'long' },
      ]),
    );
    const before = Buffer.from(write({ a: 'x', b: 1 }));

    expect(() => write({ a: 'left behind', b: 'no number' })).toThrow(
      expect.objectContaining({ code: 'EVENT_UNENCODABLE', details: { schemaId: 1, field: 'b' } }),
    );
    expect(write({ a: 'x', b: 1 })).toEqual(before);
  });

  it.each([
    ['in another order', { c: 'z', b: 5, a: 'x' }],
    ['with one the schema does not have', { a: 'x', other: 'o', b: 5, c: 'z' }],
    ['after one that is absent', { b: 5, c: 'z' }],
  ])('finds the fields of a record %s', (_case, value) => {
    const schema = record('Triple', [
      nullable('a', 'string'),
      nullable('b', 'long'),
      nullable('c', 'string'),
    ]);

    expect(plainType(schema).fromBuffer(written(schema, value))).toEqual({
      a: 'a' in value ? value.a : null,
      b: 5,
      c: 'z',
    });
  });

  it.each<[AvroSchema, unknown]>([
    ['boolean', 1],
    ['int', 2 ** 31],
    ['int', 0.5],
    ['long', 2 ** 53],
    ['long', null],
    ['double', '1'],
    ['string', 1],
    ['bytes', 'text'],
    [{ type: 'array', items: 'string' }, 'text'],
    [{ type: 'map', values: 'string' }, 'text'],
    [record('Empty', []), null],
    [scalarUnion, {}],
    [['null', 'string'], 1],
  ])('refuses for %j the value %j, as avsc does', (schema, value) => {
    expect(typeFor(schema).isValid(value)).toBe(false);
    expect(() => written(schema, value)).toThrow();
  });

  it.each<[string, AvroSchema]>([
    ['branches that look alike', ['null', 'int', 'double']],
    ['a type by its name', 'Elsewhere'],
  ])('has no writer for %s', (_name, schema) => {
    expect(() => avroWriter(schema)).toThrow(RangeError);
  });
});

function unsigned(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte, n) => sum | (BigInt(byte & 0x7f) << BigInt(7 * n)), 0n);
}
