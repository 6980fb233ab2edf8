import type { Reason } from './apiError.ts';
import type { FieldDefinition } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import { isOverlong, parseValue } from './fieldValue.ts';
import type { Instance } from './instance.ts';
import type { FieldValues } from './persons.ts';

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
    const checked = checkField(instance, name, raw, allowed);
    if ('reason' in checked) return { kind: 'bad', reasons: [checked.reason] };
    values[name] = checked.value;
  }
  return { kind: 'good', values };
}

type CheckedField = { readonly value: FieldValue } | { readonly reason: Reason };

function checkField(
  instance: Instance,
  name: string,
  raw: unknown,
  allowed: string | undefined,
): CheckedField {
  const field = instance.fields.get(name);
  // Which code a read-only field earns is inferred.
  if (field === undefined || (field.readOnly === true && name !== allowed)) {
    return { reason: { code: '1006', message: `Field '${name}' not found` } };
  }
  const value = parseValue(field, raw);
  if (value === undefined) {
    const shown = typeof raw === 'string' ? raw : JSON.stringify(raw);
    return {
      reason: { code: '1003', message: `Invalid value for field '${name}' and value '${shown}'` },
    };
  }
  return fitLength(instance, field, value);
}

function fitLength(instance: Instance, field: FieldDefinition, value: FieldValue): CheckedField {
  if (!isOverlong(field, value)) return { value };
  if (instance.settings.skipOverlongValues) {
    return { reason: { code: '1077', message: `Value for field '${field.name}' exceeds max length` } };
  }
  return { value: String(value).slice(0, field.length ?? 30_000) };
}
