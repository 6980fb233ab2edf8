import type { AvroSchema } from './avroTypes.ts';
import { SyncError } from './errors.ts';
import type { ChangeEvent } from './events.ts';
import { typeFor } from './schemaWriter.ts';

/** What orders an event among the others of its record. */
export type EventHead = Pick<ChangeEvent, 'operation' | 'version' | 'page' | 'changedAt'>;

const headFields = ['operation', 'version', 'page', 'changedAt'];

type RecordSchema = { readonly fields?: readonly { readonly name: string }[] };

/** Decodes no more of a change event than reaches its head; `schema` is the writer's. Throws MESSAGE_UNDECODABLE. */
export function headReader(schema: AvroSchema): (body: Buffer) => EventHead {
  const fields = (schema as RecordSchema).fields ?? [];
  const positions = headFields.map((name) => fields.findIndex((field) => field.name === name));
  if (positions.includes(-1)) throw new SyncError('MESSAGE_UNDECODABLE', { reason: 'no change event' });
  const leading = fields.slice(0, Math.max(...positions) + 1);
  const type = typeFor({ ...(schema as object), fields: leading });
  return (body) => {
    const decoded = type.decode(body) as { value: EventHead; offset: number };
    if (decoded.offset < 0) throw new SyncError('MESSAGE_UNDECODABLE', { reason: 'cut short' });
    const { operation, version, page, changedAt } = decoded.value;
    return { operation, version, page, changedAt };
  };
}
