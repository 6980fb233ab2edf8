import { isLosslessNumber } from 'lossless-json';
import type { CellValue, ColumnDefinition } from './columnDefinition.ts';
import { badRequest, errorCodes, type DataverseError } from './dataverseError.ts';
import { decimalText } from './decimalText.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const dateTime = /^\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
const dateOnly = /^\d{4}-\d\d-\d\d$/;
const earliestMs = Date.UTC(1753, 0, 1);

/** Whether the text is a GUID with hyphens. */
export function isGuid(source: string): boolean {
  return guid.test(source);
}

/** A point in time as the service prints it: whole seconds, Z. */
export function dateTimeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function wrongType(definition: ColumnDefinition): DataverseError {
  return badRequest(
    errorCodes.undeclaredProperty,
    `Error identified in Payload provided by the user: cannot convert a value of '${definition.name}' to ${definition.type}.`,
  );
}

function numberText(raw: unknown): string | undefined {
  if (isLosslessNumber(raw)) return raw.value;
  return typeof raw === 'number' ? String(raw) : undefined;
}

function readText(definition: ColumnDefinition, raw: unknown): string {
  if (typeof raw !== 'string') throw wrongType(definition);
  const limit = definition.maxLength;
  if (limit !== undefined && raw.length > limit)
    throw badRequest(
      errorCodes.textTooLong,
      `A validation error occurred. The length of the '${definition.name}' attribute exceeded the maximum allowed length of '${limit}'.`,
    );
  return raw;
}

function readInteger(definition: ColumnDefinition, raw: unknown): number {
  const source = numberText(raw);
  if (source === undefined || !/^-?\d+$/.test(source)) throw wrongType(definition);
  return Number(source);
}

function readWhole(definition: ColumnDefinition, raw: unknown): number {
  const value = readInteger(definition, raw);
  if (isOutside(definition, value))
    throw badRequest(
      errorCodes.integerOutOfRange,
      `The value of '${definition.name}' is outside the valid range.`,
    );
  return value;
}

function readOption(definition: ColumnDefinition, raw: unknown): number {
  const value = readInteger(definition, raw);
  if (!definition.options?.some((option) => option.value === value))
    throw badRequest(
      errorCodes.optionNotInSet,
      `A validation error occurred. The value ${value} of '${definition.name}' is outside the valid range. Accepted Values: ${definition.options?.map((option) => option.value).join(',')}`,
    );
  return value;
}

function isOutside(definition: ColumnDefinition, value: number): boolean {
  return value < (definition.min ?? -Infinity) || value > (definition.max ?? Infinity);
}

function readDecimal(definition: ColumnDefinition, raw: unknown): string {
  const source = numberText(raw);
  const printed = source && decimalText(source, definition.precision ?? 4, definition.scale ?? 4);
  if (!printed) throw wrongType(definition);
  if (isOutside(definition, Number(printed)))
    throw badRequest(
      errorCodes.decimalOutOfRange,
      `The value of '${definition.name}' is outside the valid range.`,
    );
  return printed;
}

/** Whether a month has that day: 31 February would be taken for 2 March. */
function isDay(source: string): boolean {
  const atMs = Date.parse(source);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(source);
}

function readDateTime(definition: ColumnDefinition, raw: unknown): string {
  if (typeof raw !== 'string' || !dateTime.test(raw) || !isDay(raw.slice(0, 10))) throw wrongType(definition);
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(raw) || !raw.includes('T');
  const atMs = Date.parse(hasZone ? raw : `${raw}Z`);
  if (Number.isNaN(atMs)) throw wrongType(definition);
  if (atMs < earliestMs)
    throw badRequest(errorCodes.badDate, `'${definition.name}' must not be earlier than 1753-01-01.`);
  return dateTimeText(atMs);
}

function readDateOnly(definition: ColumnDefinition, raw: unknown): string {
  if (typeof raw !== 'string' || !dateOnly.test(raw) || !isDay(raw)) throw wrongType(definition);
  if (Date.parse(raw) < earliestMs)
    throw badRequest(errorCodes.badDate, `'${definition.name}' must not be earlier than 1753-01-01.`);
  return raw;
}

function readFlag(definition: ColumnDefinition, raw: unknown): boolean {
  if (typeof raw !== 'boolean') throw wrongType(definition);
  return raw;
}

function readGuid(definition: ColumnDefinition, raw: unknown): string {
  if (typeof raw !== 'string' || !isGuid(raw)) throw wrongType(definition);
  return raw.toLowerCase();
}

const choicesMax = 150;

/** Several options as the service writes them: `1,9`, ascending. */
function readChoices(definition: ColumnDefinition, raw: unknown): string {
  if (typeof raw !== 'string' || !/^-?\d+(,-?\d+)*$/.test(raw)) throw wrongType(definition);
  const values = new Set(raw.split(',').map((value) => readOption(definition, Number(value))));
  if (values.size > choicesMax) throw wrongType(definition);
  return [...values].sort((left, right) => left - right).join(',');
}

function readDouble(definition: ColumnDefinition, raw: unknown): number {
  const value = Number(numberText(raw) ?? Number.NaN);
  if (Number.isNaN(value)) throw wrongType(definition);
  if (isOutside(definition, value))
    throw badRequest(
      errorCodes.decimalOutOfRange,
      `The value of '${definition.name}' is outside the valid range.`,
    );
  return value;
}

const readers: Readonly<
  Record<ColumnDefinition['type'], (definition: ColumnDefinition, raw: unknown) => CellValue>
> = {
  String: readText,
  Memo: readText,
  Integer: readWhole,
  BigInt: readInteger,
  Decimal: readDecimal,
  Money: readDecimal,
  Boolean: readFlag,
  Picklist: readOption,
  State: readOption,
  Status: readOption,
  DateTime: readDateTime,
  DateOnly: readDateOnly,
  Uniqueidentifier: readGuid,
  Lookup: readGuid,
  MultiSelectPicklist: readChoices,
  Double: readDouble,
  Image: readText,
  File: readGuid,
};

/** Turns a value of a request body into the stored one. Throws 400 with the code of facts, section 4.3. */
export function readValue(definition: ColumnDefinition, raw: unknown): CellValue {
  if (raw !== null) return readers[definition.type](definition, raw);
  if (definition.type === 'State' || definition.type === 'Status') throw wrongType(definition);
  return null;
}
