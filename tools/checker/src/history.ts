import type { ChangeEvent, GoldenEvent, MarketerRequest } from '@lockstep/change-events';
import type { GoldenRecord, MappingRow } from '@lockstep/reconciliation';
import type { ExpectedRules } from './expectedRules.ts';

/** One committed state of one record, as the side itself logged it. `table` is `person` in Marketo. */
export type StateEntry = {
  readonly sequence: number;
  /** ISO 8601 in UTC; what orders the two sides' logs among each other. */
  readonly at: string;
  readonly actorKind: 'human' | 'application';
  readonly operation: 'create' | 'update' | 'delete';
  readonly table: string;
  readonly id: string;
  /** Null for Marketo, which has none. */
  readonly version: number | null;
  readonly changed: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
  /** Of a row that carries on another one, since then: the table of that. */
  readonly carriesOn?: string;
};

/** A record as it is at the end. */
export type FinalRecord = { readonly id: string; readonly fields: Readonly<Record<string, unknown>> };

/** A message of a topic; null is a tombstone. */
export type KeyedMessage<Value> = { readonly key: string; readonly value: Value | null };

/** The loser became part of the winner. */
export type MergedPerson = { readonly loserId: string; readonly winnerId: string };

/** What marketers asked for, by what the doors accepted, the topic of requests, and what is in Dynamics in the end. */
export type RequestHistory = {
  readonly accepted: readonly { readonly requestId: string; readonly personId: string }[];
  /** `marketing.requests`, in order per person. */
  readonly states: readonly MarketerRequest[];
  readonly tasks: readonly { readonly subject: string; readonly regardingId: string }[];
  /** Ids of rows on a list of the one campaign. */
  readonly members: readonly string[];
};

/** What Marketo has beside persons, and what is known of it. */
export type AccountsHistory = {
  readonly companies: readonly FinalRecord['fields'][];
  readonly opportunities: readonly FinalRecord['fields'][];
  readonly roles: readonly FinalRecord['fields'][];
  /** Custom objects, by the table of their rows. */
  readonly customs?: Readonly<Record<string, readonly FinalRecord['fields'][]>>;
  /** `golden.<entity>.changes` of all of them, in order per key. */
  readonly golden: readonly GoldenEvent[];
  readonly stored: readonly GoldenRecord[] | null;
  /** What was written without need, where nothing went wrong that could explain it. */
  readonly needless: readonly string[];
};

/** Everything the verdict rests on: both sides' own logs, the topics, and, when given, what MongoDB holds. */
export type History = {
  readonly dynamics: {
    readonly states: readonly StateEntry[];
    /** By table. */
    readonly rows: Readonly<Record<string, readonly FinalRecord[]>>;
  };
  readonly marketo: { readonly states: readonly StateEntry[]; readonly persons: readonly FinalRecord[] };
  /** `golden.person.changes`, in order per key. */
  readonly golden: readonly GoldenEvent[];
  /** `dynamics.<table>.changes` and `marketing.<kind>.changes` by topic, in order per key; null when not read. */
  readonly changes: Readonly<Record<string, readonly KeyedMessage<ChangeEvent>[]>> | null;
  /** The golden records of persons; null when the database was not read. */
  readonly stored: readonly GoldenRecord[] | null;
  /** What is expected, which need not be what the product was given. */
  readonly mapping: readonly MappingRow[];
  readonly matchByEmail: boolean;
  /** What lockstep.yaml says of persons; absent where there is none. */
  readonly rules?: ExpectedRules;
  /** What it said before, oldest first, and since when everybody decides by what it says now, in ms; absent where it never changed. */
  readonly formerRules?: readonly ExpectedRules[];
  readonly ruledSinceMs?: number;
  /** Persons that people merged in Marketo, in order. */
  readonly mergedPersons?: readonly MergedPerson[];
  /** What marketers asked for, and what came of it; absent where nobody asked for anything. */
  readonly requests?: RequestHistory;
  /** Records whose pair an operator asked to part, from `lockstep.inbox`. */
  readonly unlinks?: readonly { readonly goldenId: string }[];
  /** Records whose deleted person an operator asked to have made anew, from `lockstep.inbox`. */
  readonly recreations?: readonly { readonly goldenId: string }[];
  /** Records beside persons; absent where none are kept in step. */
  readonly accounts?: AccountsHistory;
  /** Somebody has decided all that waited for a review. */
  readonly reviewed?: boolean;
};
