import type { ApiUsers } from './apiUsers.ts';
import type { Exports } from './bulk/exportJob.ts';
import type { Imports } from './bulk/importBatch.ts';
import type { CallLimiter } from './callLimiter.ts';
import type { Fault } from './faults.ts';
import type { FieldTable } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import type { FlowSteps } from './flowSteps/flowSteps.ts';
import type { StaticList } from './lists/staticList.ts';
import type { ObjectWorld } from './objects/objectWorld.ts';
import type { Origin } from './origin.ts';
import type { Partition } from './partition.ts';
import type { SequencedLog } from './sequencedLog.ts';
import type { Settings } from './settings.ts';

/** One person; immutable, every commit puts a new object in its place. Cleared fields are absent. */
export interface Person {
  readonly id: number;
  /** The last change of any field, which `updatedAt` does not tell (facts 2.2); milliseconds. */
  readonly changedAt: number;
  readonly fields: Readonly<Record<string, Exclude<FieldValue, null>>>;
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

/** Work that waits for the emulated clock. */
export interface WaitingTask {
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly run: () => Promise<void>;
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
