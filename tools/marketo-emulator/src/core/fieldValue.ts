import type { DataType, FieldDefinition } from './fieldDefinitions.ts';
import { isDay, timeOf } from './timeOf.ts';

/** A stored value; a cleared field is absent from the record, a false boolean too. */
export type FieldValue = string | number | boolean | null;

/** Checked values by REST name; null clears. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

const emailPattern = /^[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const integerPattern = /^[+-]?\d+$/;
const decimalPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const int32Max = 2 ** 31 - 1;
const textBytesMax = 30_000;

type Parser = (raw: unknown) => FieldValue | undefined;

function parseText(raw: unknown): FieldValue | undefined {
  if (typeof raw === 'string') return raw;
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : undefined;
}

function parseEmail(raw: unknown): FieldValue | undefined {
  return typeof raw === 'string' && emailPattern.test(raw) ? raw : undefined;
}

function parseInteger(raw: unknown): FieldValue | undefined {
  const number = typeof raw === 'string' && integerPattern.test(raw) ? Number(raw) : raw;
  const fits = typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= int32Max;
  return fits ? number : undefined;
}

function parseDecimal(raw: unknown): FieldValue | undefined {
  const number = typeof raw === 'string' && decimalPattern.test(raw) ? Number(raw) : raw;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function parseBoolean(raw: unknown): FieldValue | undefined {
  if (typeof raw === 'boolean') return raw;
  const word = typeof raw === 'string' || typeof raw === 'number' ? String(raw).toLowerCase() : '';
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : undefined;
}

function parseDate(raw: unknown): FieldValue | undefined {
  return typeof raw === 'string' && datePattern.test(raw) && isDay(raw) ? raw : undefined;
}

function parseDatetime(raw: unknown): FieldValue | undefined {
  const time = timeOf(raw);
  return Number.isNaN(time) ? undefined : secondsText(time);
}

const parsers: Readonly<Record<DataType, Parser>> = {
  string: parseText,
  text: parseText,
  phone: parseText,
  url: parseText,
  email: parseEmail,
  integer: parseInteger,
  score: parseInteger,
  percent: parseInteger,
  float: parseDecimal,
  currency: parseDecimal,
  boolean: parseBoolean,
  date: parseDate,
  datetime: parseDatetime,
};

/** Milliseconds since 1970 as Marketo prints times: UTC, whole seconds. */
export function secondsText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** The value to store, null for clear, or undefined when the type does not allow it. An empty string clears (inferred). */
export function parseValue(field: FieldDefinition, raw: unknown): FieldValue | undefined {
  if (raw === null || raw === '') return null;
  return parsers[field.dataType](raw);
}

/** Whether the value is longer than the field. */
export function isOverlong(field: FieldDefinition, value: FieldValue): boolean {
  if (typeof value !== 'string') return false;
  if (field.dataType === 'text') return Buffer.byteLength(value) > textBytesMax;
  return field.length !== undefined && value.length > field.length;
}

/** The value as a read answers it: explicit null, and false for a boolean that was never set. */
export function readValue(field: FieldDefinition, stored: FieldValue | undefined): FieldValue {
  return stored ?? (field.dataType === 'boolean' ? false : null);
}

/** The value as the activity log shows it (facts 3.3). */
export function displayText(field: FieldDefinition, value: FieldValue): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (field.dataType === 'datetime') return String(value).slice(0, 19).replace('T', ' ');
  return String(value);
}
