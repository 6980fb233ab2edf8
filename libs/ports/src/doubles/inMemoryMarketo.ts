import { personFields, SyncError, type FieldDefinition, type ScalarValues } from '@lockstep/change-events';
import {
  marketoBatchMax,
  type MarketoPeople,
  type MarketoPerson,
  type MemberPage,
  type UpsertRequest,
  type UpsertResult,
} from '../marketoPeople.ts';
import { checkRecord } from './marketoFieldRules.ts';
import type { InMemoryMarketoObjects } from './inMemoryMarketoObjects.ts';
import { feedSide, type Call } from './marketoFeedSide.ts';
import { tieToObjects } from './marketoTies.ts';
import { createMarketoPersonStore, type MarketoPersonStore, type PersonActor } from './marketoPersonStore.ts';
import {
  apiUser,
  applicationSide,
  findPersons,
  requireLookupField,
  upsertAll,
  type Fields,
} from './marketoWriteSide.ts';
import type { RecordedState } from './recordedState.ts';

export type InMemoryMarketoOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fields?: readonly FieldDefinition[];
  /** Activities looked at for one feed page; a small number makes short and empty pages that have more. */
  readonly feedBlock?: number;
  /** The records beside persons; without them a person may name whomever. */
  readonly objects?: InMemoryMarketoObjects;
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
  /** A new static list with these members; answers its id. */
  list(memberIds: readonly string[]): string;
  /** To a partition that is made when it is not there; everybody begins in the first. */
  move(id: string, partitionName: string, actor?: string): void;
  persons(): readonly MarketoPerson[];
  /** Writes what `beforeUpsert` put off, and answers how many requests those were. */
  commitLate(): number;
};

/** Keeps Marketo's promises (marketo-rest 2, 3): whole-record skips, no trace of no-ops, display strings in the feed. */
export function inMemoryMarketo(options: InMemoryMarketoOptions): InMemoryMarketo {
  const fields = new Map((options.fields ?? personFields).map((field) => [field.name, field]));
  const untied = createMarketoPersonStore(fields, options.now);
  const { objects } = options;
  const store = objects ? tieToObjects(untied, objects, { fields, actor: apiUser }) : untied;
  const hooks: MarketoHooks = {};
  const late: UpsertRequest[] = [];
  const lists: (readonly string[])[] = [];
  const read: Call = async (operation, run) => {
    await hooks.beforeCall?.(operation);

    return run();
  };

  return {
    hooks,
    ...humanSide(store, fields),
    list: (memberIds) => String(lists.push(memberIds)),
    commitLate() {
      const due = late.splice(0);
      for (const request of due) upsertAll(store, fields, request);

      return due.length;
    },
    ...feedSide(store, read, options.feedBlock),
    findPersons: (field, values) => read('findPersons', () => findPersons(store, fields, field, values)),
    readMembers: (listId, position) =>
      read('readMembers', () => membersOf(store, lists[Number(listId) - 1], position)),
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

/** Who was deleted is in no list any more. */
function membersOf(
  store: MarketoPersonStore,
  ids: readonly string[] | undefined,
  position: string | null,
): MemberPage | null {
  if (ids === undefined) return null;
  const at = Number(position ?? 0);
  const end = at + marketoBatchMax;
  const personIds = ids.slice(at, end).filter((id) => store.person(id));

  return { personIds, position: end < ids.length ? String(end) : null };
}

const marketer = 'marketer@example.com';

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
