import type { Reason } from '../apiError.ts';
import { checkValue } from '../checkRecord.ts';
import type { FieldValue } from '../fieldValue.ts';
import type { Settings } from '../settings.ts';
import type { ObjectField, ObjectType } from './objectType.ts';

/** Checked values, or the reason for which the whole record is skipped. */
export type CheckedObject =
  { readonly values: Readonly<Record<string, FieldValue>> } | { readonly reason: Reason };

/** Checks one input record; `keys` name the fields it is found by, which may be read-only and must be there. */
export function checkObject(
  settings: Settings,
  type: ObjectType,
  record: unknown,
  keys: readonly string[],
): CheckedObject {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return { reason: { code: '1003', message: 'Invalid record' } };
  }
  const values: Record<string, FieldValue> = {};
  for (const [name, raw] of Object.entries(record)) {
    const field = writableField(type, name, keys);
    const checked = checkValue(settings, field, name, raw);
    if ('reason' in checked) return checked;
    values[name] = checked.value;
  }
  const missing = keys.find((name) => (values[name] ?? null) === null);
  if (missing === undefined) return { values };
  return { reason: { code: '1003', message: `Value for field '${missing}' is missing` } };
}

/** The reason for which these values may not be given to a record that has `before`, or is to be created. */
export function refuseValues(
  settings: Settings,
  type: ObjectType,
  before: Readonly<Record<string, FieldValue>> | undefined,
  values: Readonly<Record<string, FieldValue>>,
): Reason | undefined {
  const blank = type.required.find(
    (name) => (name in values ? values[name] : (before?.[name] ?? null)) === null,
  );
  if (blank !== undefined) return { code: '1003', message: `Value for field '${blank}' must not be null` };
  if (before === undefined) return undefined;
  const isFixed = (name: string): boolean =>
    type.dedupeFields.includes(name) || (settings.refuseFixedFields && type.fields.get(name)?.fixed === true);
  const changed = Object.keys(values).find(
    (name) => isFixed(name) && values[name] !== (before[name] ?? null),
  );
  if (changed === undefined) return undefined;
  return { code: '1003', message: `Field '${changed}' is not updateable` };
}

function writableField(type: ObjectType, name: string, keys: readonly string[]): ObjectField | undefined {
  const field = type.fields.get(name);
  return field?.readOnly === true && !keys.includes(name) ? undefined : field;
}
