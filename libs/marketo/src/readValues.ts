import {
  isoTime,
  SyncError,
  type FieldDefinition,
  type FieldType,
  type Scalar,
  type ScalarValues,
} from '@lockstep/change-events';
import type { MarketoPerson } from '@lockstep/ports';

export type JsonObject = Readonly<Record<string, unknown>>;

type Value = string | number | boolean;

/** A reader answers null for a value that is not of its type. Types that Marketo does not have are absent. */
const readers: Partial<Readonly<Record<FieldType, (raw: Value) => Scalar>>> = {
  string: (raw) => String(raw),
  boolean: (raw) => (typeof raw === 'boolean' ? raw : null),
  integer: (raw) => (Number.isSafeInteger(raw) ? raw : null),
  number: (raw) => (typeof raw === 'number' ? raw : null),
  timestamp: (raw) => timeOf(raw),
  date: (raw) => (typeof raw === 'string' ? raw.slice(0, 10) : null),
};

/**
 * The persons of an answer. One that writes null for what is empty lacks only what Marketo has no more, and what that holds is unknown
 * (marketo-rest 10). In an answer without any null, a field that was asked for and is missing means null (marketo-rest 2.2).
 */
export function readPersons(
  fields: readonly FieldDefinition[],
  answered: readonly JsonObject[],
): MarketoPerson[] {
  const writesNull = answered.some((json) => fields.some(({ name }) => json[name] === null));

  return answered.map((json) =>
    readPerson(writesNull ? fields.filter(({ name }) => name in json) : fields, json),
  );
}

/** Turns a lead of an answer into the port's form; a value that is none of its field is left out. Throws MARKETO_ANSWER_INVALID. */
export function readPerson(fields: readonly FieldDefinition[], json: JsonObject): MarketoPerson {
  const id = json['id'];
  if (typeof id !== 'number' && typeof id !== 'string') throw invalid('id');
  const values = fields.map((field) => [field.name, readValue(field, json[field.name])] as const);
  const known = values.filter(([, value]) => value !== undefined);
  const unreadable = values.flatMap(([name, value]) => (value === undefined ? [name] : []));

  return {
    id: String(id),
    fields: Object.fromEntries(known) as ScalarValues,
    ...(unreadable.length > 0 && { unreadable }),
  };
}

/** Undefined is no value of the field's type. */
function readValue({ type }: FieldDefinition, raw: unknown): Scalar | undefined {
  if (raw === null || raw === undefined) return null;

  return (isValue(raw) ? readers[type]?.(raw) : null) ?? undefined;
}

function isValue(raw: unknown): raw is Value {
  return ['string', 'number', 'boolean'].includes(typeof raw);
}

/** ISO time of Marketo's own forms: `Z`, `+0000` and the `Z+0000` of other endpoints; null for no time. */
export function timeOf(raw: unknown): string | null {
  const timeMs = typeof raw === 'string' ? Date.parse(raw.replace(/(Z|[+-]\d{4}|Z\+0000)$/, zoneOf)) : NaN;

  return Number.isNaN(timeMs) ? null : isoTime(timeMs);
}

function zoneOf(zone: string): string {
  return zone.startsWith('Z') ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

/** The objects of a `result`, or of another part, which may be missing. Throws MARKETO_ANSWER_INVALID. */
export function objectsOf(result: unknown, part = 'result'): readonly JsonObject[] {
  if (result === undefined || result === null) return [];
  const isList = Array.isArray(result) && result.every((item) => typeof item === 'object' && item !== null);
  if (!isList) throw invalid(part);

  return result as readonly JsonObject[];
}

export function invalid(part: string): SyncError {
  return new SyncError('MARKETO_ANSWER_INVALID', { part });
}
