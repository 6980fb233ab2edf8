import type { ApiUsers, Credentials } from './apiUsers.ts';
import { createApiUsers } from './apiUsers.ts';
import type { CallLimiter } from './callLimiter.ts';
import type { Exports } from './bulk/exportQueue.ts';
import type { Imports } from './bulk/importQueue.ts';
import { createCallLimiter } from './callLimiter.ts';
import type { Fault } from './faults.ts';
import type { FieldTable } from './fieldDefinitions.ts';
import { createFieldTable } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import type { StaticList } from './lists/staticLists.ts';
import type { ObjectWorld } from './objects/objectStore.ts';
import { createObjectWorld } from './objects/objectStore.ts';
import type { Partition } from './partitions.ts';
import { defaultPartition } from './partitions.ts';
import type { FlowSteps } from './flowSteps/flowSteps.ts';
import { createFlowSteps } from './flowSteps/flowSteps.ts';
import type { SequencedLog } from './sequencedLog.ts';
import { createSequencedLog } from './sequencedLog.ts';
import type { Settings } from './settings.ts';
import { defaultSettings } from './settings.ts';
import type { WaitingTask } from './waitingTasks.ts';

/** One person; immutable, every commit puts a new object in its place. Cleared fields are absent. */
export interface Person {
  readonly id: number;
  /** The last change of any field, which `updatedAt` does not tell (facts 2.2); milliseconds. */
  readonly changedAt: number;
  readonly fields: Readonly<Record<string, Exclude<FieldValue, null>>>;
}

/** Who makes a change and how the activity log describes it. */
export interface Origin {
  readonly actor: string;
  readonly actorKind: 'human' | 'application';
  readonly source: string;
  readonly reason: string;
  /** "Source Type" of a New Lead. */
  readonly sourceType: string;
  /** The API call that did it; null for control edits. */
  readonly requestId: string | null;
}

/** One row of the activity log. */
export interface Activity {
  readonly id: number;
  readonly leadId: number;
  /** Milliseconds. */
  readonly at: number;
  readonly typeId: number;
  /** When readers begin to see it; from the beginning without this. Milliseconds. */
  readonly shownAt?: number;
  readonly primaryId: number;
  readonly primaryValue: string | null;
  readonly attributes: readonly { readonly name: string; readonly value: string | null }[];
  /** The change of a Change Data Value row. */
  readonly change?: {
    readonly id: number;
    readonly name: string;
    readonly newValue: string | null;
    readonly oldValue: string | null;
  };
}

/** One committed state, as the checker reads it. */
export interface StateEntry {
  readonly at: number;
  readonly origin: Origin;
  readonly operation: 'create' | 'update' | 'delete';
  readonly id: number;
  readonly changed: Readonly<Record<string, { before: FieldValue; after: FieldValue }>>;
  /** The person after the commit; before it for a delete. */
  readonly person: Person;
}

/** One answered call. */
export interface CallEntry {
  /** Arrival, milliseconds. */
  readonly at: number;
  readonly requestId: string;
  readonly actor: string | null;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** HTTP status; 0 when the connection was dropped. */
  readonly status: number;
  /** Response-level error codes and record-level reason codes. */
  readonly codes: readonly string[];
  readonly durationMs: number;
  /** Emptied when the log holds too much text. */
  requestBody: string;
}

/** What the world gives an instance: time, chance and names. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly pause: (durationMs: number) => Promise<void>;
  /** Runs something later; what is still waiting is cancelled when the emulator closes. */
  readonly later: (durationMs: number, task: () => Promise<void>) => void;
}

/** All state of one emulated Marketo subscription. */
export interface Instance extends Surroundings {
  readonly settings: Settings;
  readonly fields: FieldTable;
  readonly access: ApiUsers;
  readonly guidPrefix: string;
  /** In id order; the first is the default one. */
  readonly partitions: Partition[];
  /** In id order. */
  readonly persons: Map<number, Person>;
  /** Look-up indexes, built at first use: field name, key, ids. */
  readonly indexes: Map<string, Map<string, Set<number>>>;
  /** In id order. */
  activities: Activity[];
  readonly states: SequencedLog<StateEntry>;
  readonly calls: SequencedLog<CallEntry>;
  readonly callBodies: { keptChars: number; blankedThrough: number };
  /** Every program that was named, with the id it got. */
  readonly programIds: Map<string, number>;
  /** Static lists by id, in id order. */
  readonly lists: Map<number, StaticList>;
  readonly exports: Exports;
  readonly imports: Imports;
  /** Companies, opportunities and all the rest. */
  readonly objects: ObjectWorld;
  readonly flowSteps: FlowSteps;
  readonly limiter: CallLimiter;
  /** What waits for the clock. */
  readonly waiting: Set<WaitingTask>;
  faults: Fault[];
  clockOffsetMs: number;
  lastPersonId: number;
  lastActivityId: number;
  /** Rows that were ever logged. */
  activityCount: number;
  lastRequestNumber: number;
}

const firstPersonId = 1000;
const firstActivityId = 100_000;
const firstRequestNumber = 0x1000;

/** An empty subscription whose clock can be moved by `clockOffsetMs`. */
export function createInstance(surroundings: Surroundings, credentials: Credentials): Instance {
  const instance: Instance = {
    ...surroundings,
    now: () => surroundings.now() + instance.clockOffsetMs,
    settings: defaultSettings(),
    fields: createFieldTable(),
    access: createApiUsers(credentials),
    guidPrefix: surroundings.newId().slice(0, 18),
    partitions: [defaultPartition],
    persons: new Map(),
    indexes: new Map(),
    activities: [],
    states: createSequencedLog(),
    calls: createSequencedLog(),
    callBodies: { keptChars: 0, blankedThrough: 0 },
    programIds: new Map(),
    lists: new Map(),
    imports: new Map(),
    exports: { jobs: new Map(), lastNumber: 0 },
    objects: createObjectWorld(),
    flowSteps: createFlowSteps(),
    limiter: createCallLimiter(),
    waiting: new Set(),
    faults: [],
    clockOffsetMs: 0,
    lastPersonId: firstPersonId,
    lastActivityId: firstActivityId,
    activityCount: 0,
    lastRequestNumber: firstRequestNumber,
  };
  return instance;
}
