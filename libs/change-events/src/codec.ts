import type { Type } from 'avsc';
import type { AvroSchema } from './avroTypes.ts';
import { SyncError } from './errors.ts';
import type { RegisteredSchema } from './eventPacker.ts';
import { headReader, type EventHead } from './eventHead.ts';
import { remember, then, type Ready } from './ready.ts';
import type { SchemaIds } from './schemaIds.ts';
import { headerBytes, typeFor } from './schemaWriter.ts';
import { createSubjectWriters } from './subjectWriters.ts';

/** Confluent's wire format: a zero byte, the schema id in four bytes, Avro. */
export type Codec = {
  /** Values of `subject` are written with `schema` from now on; what `idOf` throws leaves the former one in force. */
  define(subject: string, schema: AvroSchema): Promise<void>;
  /**
   * At once when the schema has its id already. An event that lacks columns of the schema is written with one that
   * lacks them too. Throws EVENT_UNENCODABLE.
   */
  encode(subject: string, value: unknown): Ready<Buffer>;
  /** The whole schema that values of `subject` are written with now. */
  registered(subject: string): Promise<RegisteredSchema>;
  /** Decodes by the writer's schema, so that a field it lacks is absent and not null. Throws MESSAGE_UNDECODABLE. */
  decode(bytes: Buffer): Promise<unknown>;
  /** The head of a change event, without decoding the rest; at once when the schema is known. Throws MESSAGE_UNDECODABLE. */
  decodeHead(bytes: Buffer): Ready<EventHead>;
};

function schemaIdOf(bytes: Buffer): number {
  if (bytes.length < headerBytes || bytes[0] !== 0)
    throw new SyncError('MESSAGE_UNDECODABLE', { reason: 'no header' });
  return bytes.readUInt32BE(1);
}

function reading<T>(schemaId: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SyncError('MESSAGE_UNDECODABLE', { schemaId }, { cause });
  }
}

/** `schemas` names the value schema of each subject (`<topic>-value`, TopicNameStrategy). */
export function createCodec(ids: SchemaIds, schemas: ReadonlyMap<string, AvroSchema>): Codec {
  const types = new Map<number, Ready<Type>>();
  const heads = new Map<number, Ready<(body: Buffer) => EventHead>>();
  const writers = createSubjectWriters(ids, (subject) => {
    const schema = schemas.get(subject);
    if (!schema) throw new SyncError('SCHEMA_MISSING', { subject });
    return schema;
  });

  return {
    define: writers.define,
    registered: writers.registered,
    encode: (subject, value) => then(writers.find(subject, value), (write) => write(value)),
    async decode(bytes) {
      const id = schemaIdOf(bytes);
      const type = await remember(types, id, async () => typeFor(await ids.schemaOf(id)));
      return reading(id, () => type.fromBuffer(bytes.subarray(headerBytes)) as unknown);
    },
    decodeHead(bytes) {
      const id = schemaIdOf(bytes);
      const head = remember(heads, id, async () => headReader(await ids.schemaOf(id)));
      return then(head, (read) => reading(id, () => read(bytes.subarray(headerBytes))));
    },
  };
}
