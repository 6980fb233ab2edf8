import avsc, { type Type } from 'avsc';
import { toAvroForm } from './avroForm.ts';
import type { AvroSchema } from './avroTypes.ts';
import { SyncError } from './errors.ts';
import { logicalTypes } from './logicalTypes.ts';

/** Bytes before the Avro body: a zero byte and the schema id in four. */
export const headerBytes = 5;

/** Frames values of one schema. Throws EVENT_UNENCODABLE that names the field. */
export type SchemaWriter = (value: unknown) => Buffer;

const slabBytes = 256 * 1024;
const roomMin = 4 * 1024;

type ForSchemaArgument = Parameters<typeof avsc.Type.forSchema>[0];

/** The type whose values are in our form. */
export const typeFor = (schema: AvroSchema): Type =>
  avsc.Type.forSchema(schema as ForSchemaArgument, { logicalTypes });

/** Where messages are written one behind the other, so that none needs memory of its own. */
export type Slab = { write(id: number, type: Type, value: unknown): Buffer };

export function createSlab(): Slab {
  let slab = Buffer.allocUnsafeSlow(slabBytes);
  let start = 0;

  const renew = (bytes: number) => {
    slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
    start = 0;
  };

  return {
    write(id, type, value) {
      if (slab.length - start < roomMin) renew(slabBytes);
      let end = type.encode(value, slab, start + headerBytes);
      if (end < 0) {
        renew(slab.length - start - end);
        end = type.encode(value, slab, headerBytes);
      }
      slab[start] = 0;
      slab.writeUInt32BE(id, start + 1);
      const message = slab.subarray(start, end);
      start = end;
      return message;
    },
  };
}

/** Values are written by avsc in Avro's own form; `id` is the registered id of `schema`. */
export function schemaWriter(slab: Slab, id: number, schema: AvroSchema): SchemaWriter {
  const type = avsc.Type.forSchema(schema as ForSchemaArgument);
  const form = toAvroForm(schema);
  return (value) => {
    try {
      return slab.write(id, type, form ? form(value) : value);
    } catch {
      // The cause is left out: avsc quotes the value.
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
