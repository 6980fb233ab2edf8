import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import { isSearchable } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import { pageOfIds } from './idPages.ts';
import type { Instance, Person } from './instance.ts';
import { listOf, pageSizeMax, refuseUnknown, required } from './parameters.ts';
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
  const page = pageOfIds('leads', ids, parameters);
  return { result: viewPersons(instance, user, page.ids, fieldNames), ...page.more };
}

/** Get Lead by Id: an unknown id answers an empty result. */
export function readLead(
  instance: Instance,
  id: number,
  parameters: URLSearchParams,
  user: ApiUser,
): LeadPage {
  const fieldNames = fieldsOf(instance, parameters);
  return { result: viewPersons(instance, user, [id], fieldNames) };
}

function seenPerson({ persons }: Instance, user: ApiUser, id: number): Person | undefined {
  const person = persons.get(id);
  return person !== undefined && isOpenTo(user, person) ? person : undefined;
}

/** Those of the persons that a user may see, as asked for. */
export function viewPersons(
  instance: Instance,
  user: ApiUser,
  ids: readonly number[],
  fieldNames: readonly string[],
): LeadView[] {
  return ids.flatMap((id) => {
    const person = seenPerson(instance, user, id);
    return person === undefined ? [] : [shown(instance, viewPerson(instance, person, fieldNames))];
  });
}

function shown({ settings }: Instance, view: LeadView): LeadView {
  if (!settings.omitLeadNulls) return view;
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
}

/** Names in `fields`, or the default ones. */
export function fieldsOf(instance: Instance, parameters: URLSearchParams): string[] {
  const names = listOf(parameters, 'fields');
  refuseUnknown(instance.settings, names, (name) => instance.fields.has(name));
  return names.length === 0 ? defaultFields : names;
}
