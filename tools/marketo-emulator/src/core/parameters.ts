import { apiError } from './apiError.ts';

/** Largest page of any read. */
export const pageSizeMax = 300;

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

/** The asked page size; larger ones and nonsense mean 300 (inferred). */
export function pageSizeOf(parameters: URLSearchParams): number {
  const asked = Number(parameters.get('batchSize') ?? pageSizeMax);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, pageSizeMax) : pageSizeMax;
}
