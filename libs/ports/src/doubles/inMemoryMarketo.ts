import { personFields, SyncError, type FieldDefinition, type ScalarValues } from '@lockstep/change-events';
import type { ObjectResult } from '../marketoObjects.ts';
import type {
  FeedPage,
  MarketoPeople,
  MarketoPerson,
  Merge,
  UpsertRequest,
  UpsertResult,
} from '../marketoPeople.ts';
import { checkRecord, isLookupField } from './marketoFieldRules.ts';
import {
  createMarketoPersonStore,
  type Activity,
  type MarketoPersonStore,
  type PersonActor,
} from './marketoPersonStore.ts';
import type { RecordedState } from './recordedState.ts';

export type InMemoryMarketoOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fields?: readonly FieldDefinition[];
  /** Activities looked at for one feed page; a small number makes short and empty pages that have more. */
  readonly feedBlock?: number;
};

/**
 * Called around what the port does; a hook that throws makes the call fail. `beforeUpsert` may edit, or answer 'LATER':
 * the call ends in MARKETO_OUTCOME_UNKNOWN and the records are written by the next `commitLate`. An error out of
 * `afterUpsert` is an answer lost after the commit.
 */
export type MarketoHooks = {
  beforeCall?: (operation: keyof MarketoPeople) => void | Promise<void>;
  beforeUpsert?: (request: UpsertRequest) => 'LATER' | void | Promise<'LATER' | void>;
  afterUpsert?: (request: UpsertRequest, results: readonly UpsertResult[]) => void | Promise<void>;
};

/** Marketo's person database in memory, with a human side. `states` only grows. */
export type InMemoryMarketo = MarketoPeople & {
  readonly hooks: MarketoHooks;
  readonly states: readonly RecordedState[];
  /** New persons as a list import makes them: the same email address may occur twice. Answers their ids. */
  seed(persons: readonly ScalarValues[], actor?: string): readonly string[];
  /** Throws for a person who does not exist and for values that Marketo would refuse. */
  edit(id: string, fields: ScalarValues, actor?: string): void;
  remove(id: string, actor?: string): void;
  merge(winnerId: string, loserIds: readonly string[], actor?: string): void;
  /** To a partition that is made when it is not there; everybody begins in the first. */
  move(id: string, partitionName: string, actor?: string): void;
  persons(): readonly MarketoPerson[];
  /** Writes what `beforeUpsert` put off, and answers how many requests those were. */
  commitLate(): number;
};

/** Keeps Marketo's promises (marketo-rest 2, 3): whole-record skips, no trace of no-ops, display strings in the feed. */
export function inMemoryMarketo(options: InMemoryMarketoOptions): InMemoryMarketo {
  const fields = new Map((options.fields ?? personFields).map((field) => [field.name, field]));
  const store = createMarketoPersonStore(fields, options.now);
  const hooks: MarketoHooks = {};
  const late: UpsertRequest[] = [];
  const read = async <Result>(operation: keyof MarketoPeople, run: () => Result): Promise<Result> => {
    await hooks.beforeCall?.(operation);

    return run();
  };

  return {
    hooks,
    ...humanSide(store, fields),
    commitLate() {
      const due = late.splice(0);
      for (const request of due) upsertAll(store, fields, request);

      return due.length;
    },
    openFeed: (sinceMs) => read('openFeed', () => positionText(Math.floor(sinceMs / 1000) * 1000, 0)),
    readFeed: (position) =>
      read('readFeed', () => readFeed(store, position, options.feedBlock ?? feedPageMax)),
    readDeleted: (position) =>
      read('readDeleted', () => {
        const page = readBlock(store, position, options.feedBlock ?? feedPageMax);
        const deleted = page.activities.filter(({ activityType }) => activityType === 37);

        return { ...page.next, personIds: deleted.map(({ personId }) => personId) };
      }),
    readMergesAndPartitions: (position) =>
      read('readMergesAndPartitions', () => {
        const page = readBlock(store, position, options.feedBlock ?? feedPageMax);
        const partitionRows = page.activities.filter(({ activityType }) => activityType === 100);

        return { ...page.next, merges: page.activities.flatMap(mergeOf), partitionRows };
      }),
    findPersons: (field, values) => read('findPersons', () => findPersons(store, fields, field, values)),
    async upsert(request) {
      await hooks.beforeCall?.('upsert');
      requireLookupField(fields, request.lookupField);
      if ((await hooks.beforeUpsert?.(request)) === 'LATER') {
        late.push(request);
        throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { marketoCode: '604' });
      }
      const results = upsertAll(store, fields, request);
      await hooks.afterUpsert?.(request, results);

      return results;
    },
    ...applicationSide(store, read),
  };
}

type Read = <Result>(operation: keyof MarketoPeople, run: () => Result) => Promise<Result>;

function applicationSide(
  store: MarketoPersonStore,
  call: Read,
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

type Fields = ReadonlyMap<string, FieldDefinition>;

const feedPageMax = 300;
const marketer = 'marketer@example.com';
const apiUser: PersonActor = { kind: 'application', name: 'api@example.com', source: 'Web service API' };

function humanSide(
  store: MarketoPersonStore,
  fields: Fields,
): Pick<InMemoryMarketo, 'states' | 'seed' | 'edit' | 'remove' | 'merge' | 'move' | 'persons'> {
  const human = (source: string, name = marketer): PersonActor => ({ kind: 'human', name, source });
  const checked = (record: ScalarValues): ScalarValues => {
    const outcome = checkRecord(fields, record);
    if ('fault' in outcome) throw new SyncError('INTERNAL', outcome.fault);

    return outcome.values;
  };

  return {
    states: store.states,
    seed: (persons, actor) =>
      persons.map((person) => store.create(checked(person), human('List import', actor))),
    edit(id, values, actor) {
      if (!store.person(id)) throw new SyncError('INTERNAL', { reason: 'no such person in the double', id });
      store.update(id, checked(values), human('Lead update', actor));
    },
    remove: (id, actor) => store.remove(id, human('Lead update', actor)),
    merge: (winnerId, loserIds, actor) => store.merge(winnerId, loserIds, human('Lead update', actor)),
    move: (id, partitionName, actor) => store.move(id, partitionName, human('Lead update', actor)),
    persons: () => store.persons(),
  };
}

function positionText(sinceMs: number, afterId: number): string {
  return `${sinceMs},${afterId}`;
}

type Block = {
  readonly activities: readonly Activity[];
  readonly next: { readonly position: string; readonly hasMore: boolean };
};

/** Looks at one block of the log; activities before the start time do not count. */
function readBlock(store: MarketoPersonStore, position: string, blockSize: number): Block {
  const [sinceMs = NaN, afterId = NaN] = position.split(',').map(Number);
  if (Number.isNaN(sinceMs) || Number.isNaN(afterId)) throw new SyncError('MARKETO_POSITION_LOST');
  const block = store.activities.slice(afterId, afterId + blockSize);
  const lastId = afterId + block.length;

  return {
    activities: block.filter(({ activityDate }) => Date.parse(activityDate) >= sinceMs),
    next: { position: positionText(sinceMs, lastId), hasMore: lastId < store.activities.length },
  };
}

function readFeed(store: MarketoPersonStore, position: string, blockSize: number): FeedPage {
  const { activities, next } = readBlock(store, position, blockSize);

  return { ...next, rows: activities.filter(({ activityType }) => activityType < 32) };
}

function mergeOf({ activityType, personId, newValue }: Activity): readonly Merge[] {
  return activityType === 32 ? [{ winnerId: personId, loserIds: (newValue ?? '').split(',') }] : [];
}

function requireLookupField(fields: Fields, name: string): void {
  const field = fields.get(name);
  if (name !== 'id' && !(field && isLookupField(field)))
    throw new SyncError('MARKETO_FIELD_UNKNOWN', { field: name });
}

function findPersons(
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

function upsertAll(
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
  if (!match) return { result: 'CREATED', personId: store.create(checked.values, apiUser) };
  store.update(match.id, checked.values, apiUser);

  return { result: 'UPDATED', personId: match.id };
}
