import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import { isSearchable } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import type { Instance, Person } from './instance.ts';
import { decodeBase32, encodeBase32 } from './pagingToken.ts';
import { listOf, pageSizeMax, pageSizeOf, required } from './parameters.ts';
import { isOpenTo } from './partitions.ts';
import { findPersonIds } from './personIndex.ts';
import { viewPerson } from './persons.ts';

type LeadView = Record<string, FieldValue>;

/** A page of leads; `nextPageToken` and `moreResult` only while there is more. */
export interface LeadPage {
  readonly result: readonly LeadView[];
  readonly nextPageToken?: string;
  readonly moreResult?: true;
}

const defaultFields = ['email', 'firstName', 'lastName', 'createdAt', 'updatedAt'];
const matchesMax = 1000;

/** Get Leads by Filter Type. Throws 1003 beyond 300 values or 1000 matches, 1011 for a field that is no filter. */
export function readLeads(instance: Instance, parameters: URLSearchParams, user: ApiUser): LeadPage {
  const filterType = required(parameters, 'filterType');
  const field = instance.fields.get(filterType);
  if (field === undefined || !isSearchable(field)) {
    throw apiError('1011', `Filter type '${filterType}' is not supported`);
  }
  required(parameters, 'filterValues');
  const values = listOf(parameters, 'filterValues');
  if (values.length > pageSizeMax) throw apiError('1003', `At most ${pageSizeMax} filter values are allowed`);
  const fieldNames = fieldsOf(instance, parameters);
  const found = new Set(values.flatMap((value) => findPersonIds(instance, filterType, value)));
  const ids = [...found].filter((id) => seenPerson(instance, user, id) !== undefined);
  if (ids.length > matchesMax) throw apiError('1003', 'Too many results match the filter');
  ids.sort((left, right) => left - right);
  return pageOf(instance, ids, parameters, fieldNames);
}

/** Get Lead by Id: an unknown id answers an empty result. */
export function readLead(
  instance: Instance,
  id: number,
  parameters: URLSearchParams,
  user: ApiUser,
): LeadPage {
  const fieldNames = fieldsOf(instance, parameters);
  const person = seenPerson(instance, user, id);
  return { result: person === undefined ? [] : [viewPerson(instance, person, fieldNames)] };
}

function seenPerson({ persons }: Instance, user: ApiUser, id: number): Person | undefined {
  const person = persons.get(id);
  return person !== undefined && isOpenTo(user, person) ? person : undefined;
}

function pageOf(
  instance: Instance,
  ids: readonly number[],
  parameters: URLSearchParams,
  fieldNames: readonly string[],
): LeadPage {
  const afterId = decodeLeadToken(parameters.get('nextPageToken'));
  const remaining = ids.filter((id) => id > afterId);
  const page = remaining.slice(0, pageSizeOf(parameters));
  const result = page.flatMap((id) => {
    const person = instance.persons.get(id);
    return person === undefined ? [] : [viewPerson(instance, person, fieldNames)];
  });
  if (remaining.length === page.length) return { result };
  return { result, nextPageToken: encodeBase32(`leads,${page.at(-1) ?? 0}`), moreResult: true };
}

function decodeLeadToken(token: string | null): number {
  if (token === null || token === '') return 0;
  const [kind, id] = decodeBase32(token).split(',');
  if (kind !== 'leads' || !Number.isInteger(Number(id))) throw apiError('1003', 'Invalid paging token');
  return Number(id);
}

// An unknown name refuses the whole read (inferred).
function fieldsOf(instance: Instance, parameters: URLSearchParams): string[] {
  const names = listOf(parameters, 'fields');
  const unknown = names.find((name) => !instance.fields.has(name));
  if (unknown !== undefined) throw apiError('1006', `Field '${unknown}' not found`);
  return names.length === 0 ? defaultFields : names;
}
