import { apiError } from '../apiError.ts';
import type { FieldValue } from '../fieldValue.ts';
import { parseValue, readValue } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import { decodeBase32, encodeBase32 } from '../pagingToken.ts';
import { listOf, pageSizeMax, pageSizeOf, refuseUnknown, required } from '../parameters.ts';
import { partOf } from '../partOf.ts';
import { findObjects } from './objectIndex.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';
import type { ObjectType } from './objectType.ts';
import { searchableFields } from './objectType.ts';

/** A page of records; `nextPageToken` and `moreResult` only while there is more. */
export interface ObjectPage {
  readonly result: readonly Readonly<Record<string, unknown>>[];
  readonly nextPageToken?: string;
  readonly moreResult?: true;
}

/** Get by filter: `filterValues`, or `input` of a JSON body when the key is compound (facts section 4). */
export function queryObjects(
  instance: Instance,
  table: ObjectTable,
  query: { readonly parameters: URLSearchParams; readonly body: unknown },
): ObjectPage {
  const parameters = withBody(query.parameters, query.body);
  const names = filterFields(table.type, required(parameters, 'filterType'));
  const fields = fieldsOf(instance, table.type, parameters, names);
  const keys = keysOf(table.type, names, { parameters, body: query.body });
  const found = new Set(keys.flatMap((key) => findObjects(table, names, key)));
  const records = [...found].sort((left, right) => left.position - right.position);
  return pageOf(instance, table.type, { records, parameters, fields });
}

// A JSON body holds the same parameters as the address does.
function withBody(parameters: URLSearchParams, body: unknown): URLSearchParams {
  const all = new URLSearchParams(parameters);
  for (const name of ['filterType', 'batchSize', 'nextPageToken', 'fields']) {
    const value = partOf(body, name);
    if (value !== undefined && value !== null) all.set(name, String(value));
  }
  if (body !== undefined && !all.has('filterType')) all.set('filterType', 'dedupeFields');
  return all;
}

function filterFields(type: ObjectType, filterType: string): readonly string[] {
  if (filterType === 'dedupeFields') return type.dedupeFields;
  if (filterType === 'idField') return [type.idField];
  const single = searchableFields(type).find((names) => names.length === 1 && names[0] === filterType);
  if (single === undefined) throw apiError('1011', `Filter type '${filterType}' is not supported`);
  return single;
}

function keysOf(
  type: ObjectType,
  names: readonly string[],
  { parameters, body }: { readonly parameters: URLSearchParams; readonly body: unknown },
): (FieldValue | undefined)[][] {
  const input = partOf(body, 'input');
  if (!Array.isArray(input) && names.length > 1) {
    throw apiError('1003', `filterType needs a JSON body with ${names.join(', ')}`);
  }
  const keys: readonly unknown[][] = Array.isArray(input)
    ? input.map((entry) => names.map((name) => partOf(entry, name)))
    : filterValues(parameters).map((value) => [value]);
  if (keys.length > pageSizeMax) throw apiError('1003', `At most ${pageSizeMax} filter values are allowed`);
  return keys.map((key) => key.map((raw, index) => typed(type, names[index], raw)));
}

function filterValues(parameters: URLSearchParams): string[] {
  required(parameters, 'filterValues');
  return listOf(parameters, 'filterValues');
}

// A value of the wrong type matches nothing.
function typed(type: ObjectType, name: string | undefined, raw: unknown): FieldValue | undefined {
  const field = type.fields.get(name ?? '');
  return field === undefined || raw === undefined ? undefined : parseValue(field, raw);
}

function fieldsOf(
  { settings }: Instance,
  type: ObjectType,
  parameters: URLSearchParams,
  names: readonly string[],
): string[] {
  // The documentation itself writes marketoGuid in requests.
  const asked = listOf(parameters, 'fields').map((name) =>
    name.toLowerCase() === 'marketoguid' ? 'marketoGUID' : name,
  );
  refuseUnknown(settings, asked, (name) => type.fields.has(name));
  if (asked.length > 0) return asked.filter((name) => type.fields.has(name));
  return [...new Set([...type.dedupeFields, 'updatedAt', 'createdAt', ...names])];
}

function pageOf(
  instance: Instance,
  type: ObjectType,
  page: {
    readonly records: readonly ObjectRecord[];
    readonly parameters: URLSearchParams;
    readonly fields: readonly string[];
  },
): ObjectPage {
  const after = decodeToken(type, page.parameters.get('nextPageToken'));
  const remaining = page.records.filter(({ position }) => position > after);
  const shown = remaining.slice(0, pageSizeOf(page.parameters));
  const result = shown.map((record, seq) => ({ seq, ...viewOf(instance, type, record, page.fields) }));
  if (shown.length === remaining.length) return { result };
  const token = encodeBase32(`${type.name},${shown.at(-1)?.position ?? 0}`);
  return { result, nextPageToken: token, moreResult: true };
}

function viewOf(
  instance: Instance,
  type: ObjectType,
  record: ObjectRecord,
  names: readonly string[],
): Record<string, FieldValue> {
  const cells = [type.idField, ...names].map((name): [string, FieldValue] => {
    const field = type.fields.get(name);
    return [name, field === undefined ? null : readValue(field, record.fields[name])];
  });
  return Object.fromEntries(
    instance.settings.omitObjectNulls ? cells.filter(([, value]) => value !== null) : cells,
  );
}

function decodeToken(type: ObjectType, token: string | null): number {
  if (token === null || token === '') return 0;
  const [name, position] = decodeBase32(token).split(',');
  if (name !== type.name || !Number.isInteger(Number(position)))
    throw apiError('1003', 'Invalid paging token');
  return Number(position);
}
