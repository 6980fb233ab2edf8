import { apiError } from './apiError.ts';
import { partOf } from './partOf.ts';
import type { Settings } from './settings.ts';

/** Most records of a call, and of a page of any read. */
export const pageSizeMax = 300;

/** The `input` array of a body; throws 1002 when there is none (inferred). */
export function inputOf(body: unknown): readonly unknown[] {
  const input = partOf(body, 'input');
  if (!Array.isArray(input)) throw apiError('1002', "Missing value for required parameter 'input'");
  return input;
}

/** Ids of persons that a call names, in the query or else in its body. */
export function idsOf(call: {
  readonly parameters: URLSearchParams;
  readonly body: unknown;
}): readonly unknown[] {
  const ids = listOf(call.parameters, 'id');
  return ids.length > 0 ? ids : inputOf(call.body).map((entry) => partOf(entry, 'id'));
}

/** Throws 1003 unless a call names between 1 and 300 records (inferred). */
export function checkCount(records: readonly unknown[]): void {
  if (records.length === 0 || records.length > pageSizeMax) {
    throw apiError('1003', `Between 1 and ${pageSizeMax} records expected`);
  }
}

/** Values of an array parameter, comma-separated or repeated (facts 2.1). */
export function listOf(parameters: URLSearchParams, name: string): string[] {
  return parameters
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** A parameter that must be there; throws 1002 (the code's level is inferred). */
export function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value === null || value === '')
    throw apiError('1002', `Missing value for required parameter '${name}'`);
  return value;
}

/** Throws 1006 for a name in the `fields` of a read that is not known, unless such names are left out of the answer. */
export function refuseUnknown(
  { refuseUnknownReadFields }: Settings,
  names: readonly string[],
  isKnown: (name: string) => boolean,
): void {
  const unknown = refuseUnknownReadFields ? names.find((name) => !isKnown(name)) : undefined;
  if (unknown !== undefined) throw apiError('1006', `Field '${unknown}' not found`);
}

/** The asked page size; larger ones and nonsense mean 300 (inferred). */
export function pageSizeOf(parameters: URLSearchParams): number {
  const asked = Number(parameters.get('batchSize') ?? pageSizeMax);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, pageSizeMax) : pageSizeMax;
}
