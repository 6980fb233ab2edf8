import { isoTime, type FieldDefinition, type Scalar, type ScalarValues } from '@lockstep/change-events';

export type FieldFault = { readonly code: string; readonly field: string; readonly detail: string };

const emailPattern = /^[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const readOnly = new Set(['createdAt', 'updatedAt']);
const longTexts = new Set(['address', 'mktoPersonNotes']);
const wholeNumbers = new Set(['leadScore', 'relativeScore', 'priority']);
const textLengthMax = 255;
const longTextLengthMax = 30_000;

/** Fields by which persons can be looked up: the id, the email address and custom text fields (marketo-rest 2.2). */
export function isLookupField({ name, type }: FieldDefinition): boolean {
  return name === 'email' || (type === 'string' && isCustom(name));
}

/** The fields that the product adds to an instance; a write to them alone does not move `updatedAt` (marketo-rest 2.2). */
export function isCustom(name: string): boolean {
  return /^(crm|lockstep|lastInterestingMoment)/.test(name);
}

/** What an empty field reads as: booleans are never null (marketo-rest 2.2). */
export function emptyValue({ type }: FieldDefinition): Scalar {
  return type === 'boolean' ? false : null;
}

/** A value as the activity log shows it (marketo-rest 3.3). */
export function displayText({ type }: FieldDefinition, value: Scalar): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'True' : 'False';

  return type === 'timestamp' ? String(value).slice(0, 19).replace('T', ' ') : String(value);
}

/** The values to store, or the first reason for which Marketo skips the whole record (marketo-rest 2.4). */
export function checkRecord(
  fields: ReadonlyMap<string, FieldDefinition>,
  record: ScalarValues,
): { readonly values: ScalarValues } | { readonly fault: FieldFault } {
  const values: Record<string, Scalar> = {};
  for (const [name, value] of Object.entries(record)) {
    const field = fields.get(name);
    if (!field || readOnly.has(name))
      return { fault: { code: '1006', field: name, detail: 'the field does not exist or is read-only' } };
    const checked = value === null || value === '' ? emptyValue(field) : checkValue(field, value);
    if (checked === undefined)
      return { fault: { code: '1003', field: name, detail: 'the value is not valid for the field' } };
    if (isOverlong(field, checked))
      return { fault: { code: '1077', field: name, detail: 'the value is longer than the field' } };
    values[name] = checked;
  }

  return { values };
}

function isOverlong({ name, type }: FieldDefinition, value: Scalar): boolean {
  const lengthMax = longTexts.has(name) ? longTextLengthMax : textLengthMax;

  return type === 'string' && typeof value === 'string' && value.length > lengthMax;
}

function checkValue(field: FieldDefinition, value: Exclude<Scalar, null>): Scalar | undefined {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'timestamp':
      return wholeSeconds(value);
    case 'number':
      return isAllowedNumber(field, value) ? value : undefined;
    default:
      return field.name === 'email' && !emailPattern.test(String(value)) ? undefined : String(value);
  }
}

function isAllowedNumber({ name }: FieldDefinition, value: Exclude<Scalar, null>): boolean {
  return wholeNumbers.has(name) ? Number.isInteger(value) : Number.isFinite(value);
}

function wholeSeconds(value: Exclude<Scalar, null>): string | undefined {
  const timeMs = typeof value === 'string' ? Date.parse(value) : NaN;

  return Number.isNaN(timeMs) ? undefined : isoTime(Math.floor(timeMs / 1000) * 1000);
}
