import { SyncError, type FieldDefinition, type ScalarValues } from '@lockstep/change-events';
import type { ObjectResult } from '../marketoObjects.ts';
import type { MarketoPeople, MarketoPerson, UpsertRequest, UpsertResult } from '../marketoPeople.ts';
import type { Call } from './marketoFeedSide.ts';
import { checkRecord, isLookupField } from './marketoFieldRules.ts';
import type { MarketoPersonStore, PersonActor } from './marketoPersonStore.ts';

export type Fields = ReadonlyMap<string, FieldDefinition>;

/** Who our own writes are shown to come from. */
export const apiUser: PersonActor = {
  kind: 'application',
  name: 'api@example.com',
  source: 'Web service API',
};

/** Deletes and merges that an application asks for. */
export function applicationSide(
  store: MarketoPersonStore,
  call: Call,
): Pick<MarketoPeople, 'deletePersons' | 'mergePersons'> {
  return {
    deletePersons: (ids) =>
      call('deletePersons', () =>
        ids.map((id): ObjectResult => {
          if (!store.person(id)) return { result: 'NOT_FOUND' };
          store.remove(id, apiUser);

          return { result: 'DELETED', id };
        }),
      ),
    mergePersons: (winnerId, loserIds) =>
      call('mergePersons', () => {
        const isMissing = [winnerId, ...loserIds].some((id) => !store.person(id));
        if (isMissing) throw new SyncError('MARKETO_REFUSED', { marketoCode: '1004' });
        store.merge(winnerId, loserIds, apiUser);
      }),
  };
}

/** Throws MARKETO_FIELD_UNKNOWN. */
export function requireLookupField(fields: Fields, name: string): void {
  const field = fields.get(name);
  if (name !== 'id' && !(field && isLookupField(field)))
    throw new SyncError('MARKETO_FIELD_UNKNOWN', { field: name });
}

/** Persons who have one of the values, in id order. */
export function findPersons(
  store: MarketoPersonStore,
  fields: Fields,
  field: string,
  values: readonly string[],
): readonly MarketoPerson[] {
  requireLookupField(fields, field);
  const keys = new Set(values.map((value) => keyOf(field, value)));

  return store.persons().filter((person) => {
    const value = field === 'id' ? person.id : person.fields[field];

    return value !== null && value !== undefined && keys.has(keyOf(field, String(value)));
  });
}

/** Email addresses match without regard to case (inferred). */
function keyOf(field: string, value: string): string {
  return field === 'email' ? value.toLowerCase() : value;
}

/** A result per record, in input order. */
export function upsertAll(
  store: MarketoPersonStore,
  fields: Fields,
  request: UpsertRequest,
): readonly UpsertResult[] {
  const seen = new Set<string>();

  return request.input.map((record) => {
    const key = String(record[request.lookupField] ?? '');
    const fault = keyFault(request.lookupField, key, seen);
    if (fault) return { result: 'REFUSED', ...fault };
    seen.add(keyOf(request.lookupField, key));

    return upsertOne(store, fields, request, record);
  });
}

function keyFault(field: string, key: string, seen: ReadonlySet<string>) {
  if (key === '') return { code: '1003', field, detail: 'the value is not valid for the field' };
  const isTwice = seen.has(keyOf(field, key));

  return isTwice ? { code: '1036', field: null, detail: 'the same key occurs twice in one call' } : null;
}

/** Inferred, as the emulator answers. */
const parentMissing: UpsertResult = {
  ...{ result: 'REFUSED', code: '1013', field: null },
  detail: 'a company or salesperson that it names is not there',
};

function upsertOne(
  store: MarketoPersonStore,
  fields: Fields,
  { action, lookupField }: UpsertRequest,
  record: ScalarValues,
): UpsertResult {
  const { id: _id, ...values } = record;
  const checked = checkRecord(fields, lookupField === 'id' ? values : record);
  if ('fault' in checked) return { result: 'REFUSED', ...checked.fault };
  const [match, ...others] = findPersons(store, fields, lookupField, [String(record[lookupField])]);
  if (others.length > 0) return { result: 'AMBIGUOUS' };
  if (!match && action === 'updateOnly') return { result: 'NOT_FOUND' };

  return store.lacksParent?.(checked.values) ? parentMissing : save(store, match, checked.values);
}

function save(
  store: MarketoPersonStore,
  match: MarketoPerson | undefined,
  values: ScalarValues,
): UpsertResult {
  if (!match) return { result: 'CREATED', personId: store.create(values, apiUser) };
  store.update(match.id, values, apiUser);

  return { result: 'UPDATED', personId: match.id };
}
