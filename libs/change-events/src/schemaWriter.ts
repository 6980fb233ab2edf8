import avsc, { type Type } from 'avsc';
import { beginMessage, putHeader, type Sink } from './avroSink.ts';
import type { AvroSchema } from './avroTypes.ts';
import { avroWriter } from './avroWriter.ts';
import { SyncError } from './errors.ts';
import { logicalTypes } from './logicalTypes.ts';

/** Bytes before the Avro body: a zero byte and the schema id in four. */
export const headerBytes = 5;

/** Frames values of one schema. Throws EVENT_UNENCODABLE that names the field. */
export type SchemaWriter = (value: unknown) => Buffer;

type ForSchemaArgument = Parameters<typeof avsc.Type.forSchema>[0];

/** The type whose values are in our form. */
export const typeFor = (schema: AvroSchema): Type =>
  avsc.Type.forSchema(schema as ForSchemaArgument, { logicalTypes });

/** `id` is the registered id of `schema`. A message is valid for as long as it is referred to. */
export function schemaWriter(sink: Sink, id: number, schema: AvroSchema): SchemaWriter {
  const write = avroWriter(schema);
  return (value) => {
    beginMessage(sink);
    try {
      putHeader(sink, id);
      write(sink, value);
      return sink.bytes.subarray(sink.start, sink.at);
    } catch {
      sink.at = sink.start;
      throw new SyncError('EVENT_UNENCODABLE', { schemaId: id, field: faultyField(schema, value) });
    }
  };
}

/** Path of the first value that the schema does not take. */
function faultyField(schema: AvroSchema, value: unknown): string {
  let field: string | null = null;
  typeFor(schema).isValid(value, { errorHook: (path) => (field ??= path.join('.')) });
  return field ?? 'value';
}
