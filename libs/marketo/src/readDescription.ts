import type { MarketoField } from '@lockstep/ports';
import { readField } from './readField.ts';
import { invalid, objectsOf, type JsonObject } from './readValues.ts';

/** The fields that tell records apart. Throws MARKETO_ANSWER_INVALID without one. */
export function keyOf({ dedupeFields: names }: JsonObject): readonly string[] {
  if (!Array.isArray(names) || names.length === 0) throw invalid('dedupeFields');
  return names.map(String);
}

/**
 * The fields by name. `updateable` says whether a value can be changed later: keys cannot, but must be sent, and so may the address of a
 * salesperson (marketo-rest 4).
 */
export function fieldsOf({ idField, fields }: JsonObject): ReadonlyMap<string, MarketoField> {
  const marketosOwn = new Set([String(idField), 'createdAt', 'updatedAt']);
  return new Map(
    objectsOf(fields).map((json) => {
      const field = readField(json);
      return [field.name, { ...field, isWritable: !marketosOwn.has(field.name) }];
    }),
  );
}
