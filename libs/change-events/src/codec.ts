import avsc, { type Type } from 'avsc';
import type { AvroSchema } from './avroTypes.ts';
import { SyncError } from './errors.ts';
import { logicalTypes } from './logicalTypes.ts';

/** Where schemas get their ids; implemented over a Confluent-API registry. */
export type SchemaIds = {
  /** Id of `schema` under `subject`; throws SCHEMA_INCOMPATIBLE, SCHEMA_MISSING or REGISTRY_UNREACHABLE. */
  idOf(subject: string, schema: AvroSchema): Promise<number>;
  /** The schema that was registered under `id`; throws MESSAGE_UNDECODABLE when there is none. */
  schemaOf(id: number): Promise<AvroSchema>;
};

/** Confluent's wire format: a zero byte, the schema id in four bytes, Avro. */
export type Codec = {
  encode(subject: string, value: unknown): Promise<Buffer>;
  /** Decodes by the writer's schema, so that a field it lacks is absent and not null. Throws MESSAGE_UNDECODABLE. */
  decode(bytes: Buffer): Promise<unknown>;
};

const headerBytes = 5;

function typeFor(schema: AvroSchema): Type {
  return avsc.Type.forSchema(schema as Parameters<typeof avsc.Type.forSchema>[0], {
    logicalTypes,
    noAnonymousTypes: false,
  });
}

function frame(id: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, body]);
}

/** `schemas` names the value schema of each subject (`<topic>-value`, TopicNameStrategy). */
export function createCodec(ids: SchemaIds, schemas: ReadonlyMap<string, AvroSchema>): Codec {
  const writers = new Map<string, Promise<{ id: number; type: Type }>>();
  const readers = new Map<number, Promise<Type>>();

  async function openWriter(subject: string): Promise<{ id: number; type: Type }> {
    const schema = schemas.get(subject);
    if (!schema) throw new SyncError('SCHEMA_MISSING', { subject });
    return { id: await ids.idOf(subject, schema), type: typeFor(schema) };
  }

  return {
    async encode(subject, value) {
      const writer = await remember(writers, subject, () => openWriter(subject));
      return frame(writer.id, writer.type.toBuffer(value));
    },
    async decode(bytes) {
      if (bytes.length < headerBytes || bytes[0] !== 0)
        throw new SyncError('MESSAGE_UNDECODABLE', { reason: 'no header' });
      const id = bytes.readUInt32BE(1);
      const type = await remember(readers, id, async () => typeFor(await ids.schemaOf(id)));
      try {
        return type.fromBuffer(bytes.subarray(headerBytes));
      } catch (cause) {
        throw new SyncError('MESSAGE_UNDECODABLE', { schemaId: id }, { cause });
      }
    },
  };
}

/** Keeps what was made for `key`, unless making it failed: then the next caller tries again. */
function remember<K, V>(cache: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}
