import type { Reason } from './apiError.ts';
import type { FieldDefinition } from './fieldDefinitions.ts';
import type { FieldValue, FieldValues } from './fieldValue.ts';
import { isOverlong, parseValue } from './fieldValue.ts';
import type { Instance } from './instance.ts';
import type { Settings } from './settings.ts';

/** Checked values, or the reasons for which the whole record is skipped. */
export type CheckedRecord =
  | { readonly kind: 'good'; readonly values: FieldValues }
  | { readonly kind: 'bad'; readonly reasons: readonly Reason[] };

/** Checks one input record; `allowed` names a read-only field that may be present (the key). */
export function checkRecord(instance: Instance, record: unknown, allowed?: string): CheckedRecord {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return { kind: 'bad', reasons: [{ code: '1003', message: 'Invalid record' }] };
  }
  const values: Record<string, FieldValue> = {};
  for (const [name, raw] of Object.entries(record)) {
    const checked = checkValue(instance.settings, writableField(instance, name, allowed), name, raw);
    if ('reason' in checked) return { kind: 'bad', reasons: [checked.reason] };
    values[name] = checked.value;
  }
  return { kind: 'good', values };
}

function writableField(instance: Instance, name: string, allowed?: string): FieldDefinition | undefined {
  const field = instance.fields.get(name);
  return field?.readOnly === true && name !== allowed ? undefined : field;
}

/** A value to store, or the reason that refuses it. */
export type CheckedField = { readonly value: FieldValue } | { readonly reason: Reason };

/** Checks one value against its field; a missing field stands for one that may not be written. */
export function checkValue(
  settings: Settings,
  field: FieldDefinition | undefined,
  name: string,
  raw: unknown,
): CheckedField {
  // Which code a read-only field earns is inferred.
  if (field === undefined) return { reason: { code: '1006', message: `Field '${name}' not found` } };
  const value = parseValue(field, raw);
  if (value === undefined) {
    const shown = typeof raw === 'string' ? raw : JSON.stringify(raw);
    return {
      reason: { code: '1003', message: `Invalid value for field '${name}' and value '${shown}'` },
    };
  }
  return fitLength(settings, field, value);
}

function fitLength(settings: Settings, field: FieldDefinition, value: FieldValue): CheckedField {
  if (!isOverlong(field, value)) return { value };
  if (settings.skipOverlongValues) {
    return { reason: { code: '1077', message: `Value for field '${field.name}' exceeds max length` } };
  }
  return { value: String(value).slice(0, field.length ?? 30_000) };
}
