import { avroPlan, type AvroPlan } from './avroPlan.ts';
import { putByte, putHeader, type Sink } from './avroSink.ts';
import type { AvroSchema } from './avroTypes.ts';
import { putValue } from './avroWriter.ts';
import type { ChangeEvent } from './events.ts';
import type { PageContext } from './rowEvent.ts';

/** A schema with the id that it has in the registry. */
export type RegisteredSchema = { readonly id: number; readonly schema: AvroSchema };

/** How the events of a page may be made while it is read. */
export type EventPacking = {
  readonly schema: RegisteredSchema;
  /** Asked when the page is there. */
  readonly context: () => PageContext;
};

/** Writes change events of one schema whose fields come from elsewhere. */
export type EventPacker = {
  /** What is to be written for each column, in this order. */
  readonly columns: readonly { readonly name: string; readonly plan: AvroPlan }[];
  /** Writes one message behind the last; `putFields` writes the columns. Throws on what the schema does not take. */
  put(sink: Sink, event: ChangeEvent, putFields: (sink: Sink) => void): void;
};

export function createEventPacker({ id, schema }: RegisteredSchema): EventPacker {
  const { names, parts } = avroPlan(schema);
  const fields = parts[names.indexOf('fields')];
  if (fields?.kind !== 'record') throw new RangeError('a schema of no change event');

  return {
    columns: fields.names.map((name, index) => ({ name, plan: fields.parts[index] as AvroPlan })),
    put(sink, event, putFields) {
      putHeader(sink, id);
      for (let at = 0; at < names.length; at += 1) {
        const name = names[at] as keyof ChangeEvent;
        if (name !== 'fields') putValue(sink, parts[at] as AvroPlan, event[name]);
        else {
          putByte(sink, 2);
          putFields(sink);
        }
      }
    },
  };
}
