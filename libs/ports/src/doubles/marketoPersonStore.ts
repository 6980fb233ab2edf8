import { isoTime, type FieldDefinition, type Scalar, type ScalarValues } from '@lockstep/change-events';
import type { FeedRow, MarketoPerson } from '../marketoPeople.ts';
import { displayText, emptyValue, isCustom } from './marketoFieldRules.ts';
import { appendState, type RecordedState, type StateOperation } from './recordedState.ts';

/** Who acts, and as which source the activity log shows it. */
export type PersonActor = {
  readonly kind: 'human' | 'application';
  readonly name: string;
  readonly source: string;
};

/** One row of the activity log: a feed row, a move between partitions, a merge with the losers in `newValue`, or the trace that a deleted person leaves. */
export type Activity = FeedRow & { readonly activityType: 12 | 13 | 32 | 37 | 100 };

/** Persons by id with their activity log and a log of every state. */
export type MarketoPersonStore = {
  readonly states: readonly RecordedState[];
  readonly activities: readonly Activity[];
  persons(): readonly MarketoPerson[];
  person(id: string): MarketoPerson | null;
  create(values: ScalarValues, actor: PersonActor): string;
  /** A write that changes nothing leaves no trace (marketo-rest 2.4). */
  update(id: string, values: ScalarValues, actor: PersonActor): void;
  remove(id: string, actor: PersonActor): void;
  /** The losers fill what is empty in the winner, which has their activities from then on, and are gone without a trace of their own. */
  merge(winnerId: string, loserIds: readonly string[], actor: PersonActor): void;
  /** Says nothing about fields: partitions are told by their numbers, from 1. */
  move(id: string, partitionName: string, actor: PersonActor): void;
  /** The values name a company which is not there; nobody asks where persons stand alone. */
  readonly lacksParent?: (values: ScalarValues) => boolean;
};

type Change = { readonly field: FieldDefinition; readonly before: Scalar; readonly after: Scalar };

export function createMarketoPersonStore(
  fields: ReadonlyMap<string, FieldDefinition>,
  now: () => number,
): MarketoPersonStore {
  const people = new Map<string, MarketoPerson>();
  const time = (): string => isoTime(Math.floor(now() / 1000) * 1000);
  const { activities, log, handOver } = activityLog(time);
  const { states, record } = stateLog(now);
  let lastId = 0;
  const update = updater({ people, fields, time, log, record });
  const drop = (id: string, actor: PersonActor): void => {
    const before = people.get(id);
    people.delete(id);
    if (before) record('delete', id, { before: before.fields, after: null }, actor);
  };

  return {
    states,
    activities,
    persons: () => [...people.values()],
    person: (id) => people.get(id) ?? null,
    create(values, actor) {
      lastId += 1;
      const id = String(lastId);
      const person = {
        id,
        fields: { ...blankFields(fields), ...values, createdAt: time(), updatedAt: time() },
      };
      people.set(id, person);
      log(id, { activityType: 12, ...noTexts, source: actor.source });
      record('create', id, { before: null, after: person.fields }, actor);

      return id;
    },
    update,
    remove(id, actor) {
      if (!people.has(id)) return;
      log(id, { activityType: 37, ...noTexts, source: actor.source });
      drop(id, actor);
    },
    merge: merger({ people, update, log, drop, handOver }),
    move: mover(log),
  };
}

type Merging = Pick<Store, 'people' | 'log'> &
  Pick<MarketoPersonStore, 'update'> &
  Pick<ReturnType<typeof activityLog>, 'handOver'> & { drop(id: string, actor: PersonActor): void };

function merger({ people, update, log, drop, handOver }: Merging): MarketoPersonStore['merge'] {
  return (winnerId, loserIds, actor) => {
    const winner = people.get(winnerId);
    const losers = loserIds.flatMap((id) => people.get(id) ?? []);
    if (!winner || losers.length === 0) return;
    update(winnerId, gainsOf(winner, losers), actor);
    for (const { id } of losers) {
      drop(id, actor);
      handOver(id, winnerId);
    }
    const newValue = losers.map(({ id }) => id).join();
    log(winnerId, { ...noTexts, activityType: 32, newValue, source: actor.source });
  };
}

/** Partitions are numbered in the order in which they are met. */
function mover(log: Store['log']): MarketoPersonStore['move'] {
  const numbers = new Map([['Default', 1]]);
  const placeOf = new Map<string, number>();

  return (id, partitionName, { source }) => {
    const number = numbers.get(partitionName) ?? numbers.size + 1;
    numbers.set(partitionName, number);
    const former = placeOf.get(id) ?? 1;
    placeOf.set(id, number);
    const values = { field: 'leadPartitionId', oldValue: String(former), newValue: String(number) };
    if (former !== number) log(id, { activityType: 100, ...values, source });
  };
}

type Store = {
  readonly people: Map<string, MarketoPerson>;
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  readonly time: () => string;
  readonly log: ReturnType<typeof activityLog>['log'];
  readonly record: ReturnType<typeof stateLog>['record'];
};

function updater({ people, fields, time, log, record }: Store): MarketoPersonStore['update'] {
  return (id, values, actor) => {
    const before = people.get(id);
    const changes = before ? changesOf(fields, before.fields, values) : [];
    if (!before || changes.length === 0) return;
    const moved = changes.every(({ field }) => isCustom(field.name)) ? {} : { updatedAt: time() };
    const after = { id, fields: { ...before.fields, ...values, ...moved } };
    people.set(id, after);
    for (const change of changes) log(id, { activityType: 13, ...texts(change), source: actor.source });
    record('update', id, { before: before.fields, after: after.fields }, actor);
  };
}

/** The first loser that has something fills what is empty in the winner (marketo-rest 2.5). */
function gainsOf(winner: MarketoPerson, losers: readonly MarketoPerson[]): ScalarValues {
  const gains = losers.toReversed().flatMap(({ fields }) => Object.entries(fields));

  return Object.fromEntries(
    gains.filter(([name, value]) => value !== null && (winner.fields[name] ?? null) === null),
  );
}

type LoggedRow = Pick<Activity, 'activityType' | 'field' | 'oldValue' | 'newValue' | 'source'>;

/** Rows are numbered in the order in which they were logged. */
function activityLog(time: () => string): {
  readonly activities: readonly Activity[];
  log(personId: string, row: LoggedRow): void;
  handOver(fromId: string, toId: string): void;
} {
  const activities: Activity[] = [];

  return {
    activities,
    log(personId, row) {
      const activityId = activities.length + 1;
      const marketoGUID = `activity-${String(activityId).padStart(12, '0')}`;
      activities.push({ personId, activityId, marketoGUID, activityDate: time(), ...row });
    },
    handOver(fromId, toId) {
      activities.forEach((activity, at) => {
        if (activity.personId === fromId) activities[at] = { ...activity, personId: toId };
      });
    },
  };
}

type Images = { readonly before: ScalarValues | null; readonly after: ScalarValues | null };

function stateLog(now: () => number): {
  readonly states: readonly RecordedState[];
  record(operation: StateOperation, id: string, images: Images, actor: PersonActor): void;
} {
  const states: RecordedState[] = [];

  return {
    states,
    record(operation, id, images, actor) {
      const version = states.length + 1;
      const at = { at: isoTime(now()), system: 'marketo', table: 'person', id, version } as const;
      appendState(states, { ...at, operation, actorKind: actor.kind, actor: actor.name }, images);
    },
  };
}

const noTexts = { field: null, oldValue: null, newValue: null };

function blankFields(fields: ReadonlyMap<string, FieldDefinition>): ScalarValues {
  return Object.fromEntries([...fields.values()].map((field) => [field.name, emptyValue(field)]));
}

function changesOf(
  fields: ReadonlyMap<string, FieldDefinition>,
  before: ScalarValues,
  values: ScalarValues,
): readonly Change[] {
  return Object.entries(values).flatMap(([name, after]) => {
    const field = fields.get(name);
    const former = before[name] ?? null;

    return !field || former === after ? [] : [{ field, before: former, after }];
  });
}

function texts({ field, before, after }: Change): Pick<FeedRow, 'field' | 'oldValue' | 'newValue'> {
  return { field: field.name, oldValue: displayText(field, before), newValue: displayText(field, after) };
}
