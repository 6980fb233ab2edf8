import { isSyncError, SyncError, type FieldDefinition } from '@lockstep/change-events';
import { marketoBatchMax, type MarketoPerson } from '@lockstep/ports';
import type { MarketoClient } from './marketoClient.ts';
import { invalid, objectsOf, readPersons } from './readValues.ts';

/** Marketo refuses filters with more than 1,000 matches, so no search has more pages. */
const pagesMax = 4;

export type PersonSearch = {
  readonly client: MarketoClient;
  readonly fields: readonly FieldDefinition[];
  readonly field: string;
  readonly values: readonly string[];
};

/** Persons with one of the values, by id. Throws MARKETO_AMBIGUOUS when one value alone has too many matches. */
export async function findPersons(search: PersonSearch): Promise<readonly MarketoPerson[]> {
  // A comma separates values and cannot be escaped: nobody can be found by a value that holds one.
  const values = [...new Set(search.values)].filter((value) => value !== '' && !value.includes(','));
  const found = values.length === 0 ? [] : await findSplitting({ ...search, values });
  const byId = new Map(found.map((person) => [person.id, person]));

  return [...byId.values()].sort((left, right) => Number(left.id) - Number(right.id));
}

/** Halves the values while they match more persons than one search may answer (1003). */
async function findSplitting(search: PersonSearch): Promise<readonly MarketoPerson[]> {
  const { field, values } = search;
  try {
    return await findPages(search);
  } catch (error) {
    const isTooMany = isSyncError(error, 'MARKETO_ANSWER_INVALID') && error.details['marketoCode'] === '1003';
    if (!isTooMany) throw error;
    if (values.length === 1) throw new SyncError('MARKETO_AMBIGUOUS', { field }, { cause: error });
    const middle = Math.ceil(values.length / 2);
    const first = await findSplitting({ ...search, values: values.slice(0, middle) });

    return [...first, ...(await findSplitting({ ...search, values: values.slice(middle) }))];
  }
}

async function findPages({ client, fields, field, values }: PersonSearch): Promise<readonly MarketoPerson[]> {
  const query = {
    filterType: field,
    filterValues: values.join(','),
    fields: fields.map(({ name }) => name).join(','),
    batchSize: String(marketoBatchMax),
  };
  const persons: MarketoPerson[] = [];
  let pageToken: string | null = null;
  for (let page = 1; page <= pagesMax; page += 1) {
    const more: Record<string, string> = pageToken === null ? {} : { nextPageToken: pageToken };
    const envelope = await client.call({ kind: 'read', path: 'leads.json', query: { ...query, ...more } });
    // Nobody found is an empty list; a list that is missing would have persons created who are there.
    if (!Array.isArray(envelope.result)) throw invalid('result');
    persons.push(...readPersons(fields, objectsOf(envelope.result)));
    if (envelope.moreResult !== true && typeof envelope.nextPageToken !== 'string') return persons;
    pageToken = String(envelope.nextPageToken);
  }
  throw new SyncError('MARKETO_ANSWER_INVALID', { part: 'nextPageToken' });
}
