import type { MarketerRequest } from './requests.ts';
import type { Sequence } from './sequence.ts';

/** The systems that are kept in step. */
export type System = 'dynamics' | 'marketo';
/** Fresh edits travel LIVE and overtake BACKFILL (first loads, resyncs, large deltas). */
export type Lane = 'LIVE' | 'BACKFILL';
export type Operation = 'SNAPSHOT' | 'UPSERT' | 'DELETE' | 'MERGE' | 'MOVED';

/** A value that both sides and the golden record can hold: decimals and times travel as canonical strings. */
export type Scalar = string | number | boolean | null;
export type OptionValue = { readonly value: number; readonly label: string | null };
export type LookupValue = { readonly id: string; readonly table: string | null };
export type FieldValue = Scalar | OptionValue | LookupValue | readonly OptionValue[];
export type FieldValues = Readonly<Record<string, FieldValue>>;
export type ScalarValues = Readonly<Record<string, Scalar>>;

/** One row of Marketo's activity feed: what was there, what came, when and from where (marketo-rest 3.3). */
export type EvidenceRow = {
  readonly activityId: number;
  readonly marketoGUID: string;
  readonly activityType: number;
  readonly activityDate: string;
  /** REST name of the field; null for rows about the person as a whole (New Lead). */
  readonly field: string | null;
  readonly oldValue: string | null;
  readonly newValue: string | null;
  readonly source: string | null;
};

/** Feed rows about one person, with the number of the feed call that brought the last of them. */
export type Evidence = { readonly feedNumber: Sequence; readonly rows: readonly EvidenceRow[] };

/**
 * One record changed at a source. `fields` holds exactly what was read: a field it lacks is unknown, never null.
 * `version` orders rows of Dynamics; `page` is the number taken before the request that showed the row (a page of
 * Dynamics, a call to Marketo). Times are ISO 8601 in UTC.
 */
export type ChangeEvent = {
  readonly eventId: string;
  readonly operation: Operation;
  readonly recordId: string;
  readonly version: Sequence | null;
  readonly page: Sequence;
  readonly changedAt: string | null;
  readonly observedAt: string;
  readonly changedBy: string | null;
  readonly lane: Lane;
  readonly fields: FieldValues | null;
  readonly mergedInto: string | null;
  readonly evidence: Evidence | null;
};

export type ChangedField = {
  readonly field: string;
  readonly before: Scalar;
  readonly after: Scalar;
  readonly source: System;
  readonly rule: string;
};

/** Two edits of one field that did not know of each other: who won, by which rule, and the value that lost. */
/**
 * Two values of one field, of which one holds. `at`: when that was decided, as an ISO time; `...ChangedAt`: when a side says that it
 * made its edit. Of those kept before an undo was possible, all but the first six are absent.
 */
export type Conflict = {
  readonly field: string;
  readonly winner: System;
  readonly winnerValue: Scalar;
  readonly loserValue: Scalar;
  readonly rule: string;
  readonly at: string;
  readonly loser?: System | null;
  readonly winnerChangedAt?: string | null;
  readonly loserChangedAt?: string | null;
  /** Names the decision among those of its record: the revision that it was saved with, and the field. */
  readonly decision?: string | null;
  /** What brought the value that holds. */
  readonly winnerEventId?: string | null;
};

export type GoldenRow = {
  readonly system: System;
  readonly table: string;
  readonly id: string;
  readonly active: boolean;
  readonly deleted: boolean;
};

/** The reconciled state of one person, or of one record beside persons, after one decision. */
export type GoldenEvent = {
  readonly eventId: string;
  readonly goldenId: string;
  readonly revision: Sequence;
  /** Null for records beside persons. */
  readonly kind: PersonKind | null;
  readonly mergedInto: string | null;
  readonly rows: readonly GoldenRow[];
  readonly fields: ScalarValues;
  readonly changed: readonly ChangedField[];
  readonly conflicts: readonly Conflict[];
  readonly causeEventId: string;
  readonly causeSystem: System | null;
  readonly lane: Lane;
  readonly decidedAt: string;
  /** Hash of the rules it was decided by, where there is a file of rules. */
  readonly rules: string | null;
};

export type PersonKind = 'lead' | 'contact';

/** A record of Marketo other than a person; a custom object by its API name. */
export type MarketoEntity = 'salesperson' | 'company' | 'opportunity' | 'role' | `custom:${string}`;

/**
 * Of a person: CREATE looks the person up before it creates; UPDATE and DELETE go by Marketo id only, MERGE by that of the
 * one who carries on; READ settles an unknown outcome. Of another entity: UPSERT and DELETE go by the entity's key, and READ reads the fields that it names.
 */
export type WriteOperation = 'CREATE' | 'UPDATE' | 'READ' | 'UPSERT' | 'DELETE' | 'MERGE';

/** Every field in which Marketo still differs from golden at that revision; of an entity also the fields of its key. */
export type WriteCommand = {
  readonly commandId: string;
  readonly goldenId: string;
  readonly revision: Sequence;
  readonly operation: WriteOperation;
  readonly personId: string | null;
  readonly email: string | null;
  readonly matchByEmail: boolean;
  readonly fields: ScalarValues;
  readonly lane: Lane;
  readonly issuedAt: string;
  /** Null, or absent from commands of earlier versions, for a person. */
  readonly entity?: MarketoEntity | null;
  /** Of a MERGE: Marketo's ids of those who become part of `personId`, 25 at most. */
  readonly loserIds?: readonly string[] | null;
};

/**
 * CREATED and UPDATED carry the accepted values; MERGED says that nobody of those who should be merged is left; FOUND and
 * READ carry the state that was read; NOT_FOUND says that the person is not there (its delete or merge will follow); UNKNOWN says that the answer was lost and that the key must
 * wait until `retryAt`; RETRY says that nothing was sent and why.
 */
export type DeliveryResult =
  | 'CREATED'
  | 'UPDATED'
  | 'DELETED'
  | 'MERGED'
  | 'FOUND'
  | 'READ'
  | 'SUPERSEDED'
  | 'NOT_FOUND'
  | 'AMBIGUOUS'
  | 'REFUSED'
  | 'UNKNOWN'
  | 'RETRY';

/** What became of a value that does not fit its field: left out, sent as its beginning, or sent as it is. */
export type UnfitFate = 'REJECTED' | 'TRUNCATED' | 'REPORTED';

/** A value of a command that does not fit its field in Marketo, as seen before the call. */
export type UnfitValue = {
  readonly field: string;
  /** As Marketo would give it (marketo-rest 2.4), such as `1077`. */
  readonly code: string;
  readonly fate: UnfitFate;
  readonly detail: string;
};

export type DeliveryOutcome = {
  readonly commandId: string;
  readonly goldenId: string;
  readonly revision: Sequence;
  readonly result: DeliveryResult;
  readonly personId: string | null;
  readonly accepted: ScalarValues | null;
  readonly state: ScalarValues | null;
  readonly sent: Sequence | null;
  readonly answered: Sequence | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly detail: string | null;
  readonly retryAt: string | null;
  readonly lane: Lane;
  readonly at: string;
  /** Absent from outcomes that were stored by an earlier version. */
  readonly unfit?: readonly UnfitValue[] | null;
};

/**
 * WRITTEN carries the row's representation; STALE the row as it is now, also of a creation that had happened before; MISSING
 * says that the row is gone.
 */
export type DynamicsWriteResult = 'WRITTEN' | 'STALE' | 'MISSING' | 'REFUSED';

export type DynamicsOutcome = {
  readonly entryId: string;
  readonly result: DynamicsWriteResult;
  readonly code: string | null;
  readonly field: string | null;
  readonly detail: string | null;
};

/**
 * What an operator asks of one record: `release` tries at once whatever waits; `read-again` reads what Marketo holds; of a record in
 * review, `review-join` takes the person of the record `target`, and `review-separate` makes one of its own; of one whose person was
 * deleted in Marketo, `review-recreate` makes another one, `review-stay-away` none. `unlink` hands its rows of Dynamics to the record
 * `target`, which is told by `parted` of each row (`target`) that it must never join. `undo` gives the field of `conflict` the value
 * that lost.
 */
export type OperatorWish =
  | 'release'
  | 'read-again'
  | 'review-join'
  | 'review-separate'
  | 'review-recreate'
  | 'review-stay-away'
  | 'unlink'
  | 'parted'
  | 'undo';

/** What reaches the owner of a golden id; `event` keeps the schema it was written with. */
export type InboxMessage =
  | {
      readonly kind: 'event';
      readonly goldenId: string;
      readonly system: System;
      readonly table: string;
      readonly event: ChangeEvent;
      /** Set when the event is the answer to our own write to Dynamics. */
      readonly written: DynamicsOutcome | null;
    }
  | { readonly kind: 'refusal'; readonly goldenId: string; readonly written: DynamicsOutcome }
  | { readonly kind: 'outcome'; readonly goldenId: string; readonly outcome: DeliveryOutcome }
  /** QUEUED: what a marketer asks for. */
  | { readonly kind: 'request'; readonly goldenId: string; readonly request: MarketerRequest }
  /**
   * `due`: look at what is open; `join`: become an alias of `target`, which matched this record's person; `parent`: whom it
   * names is another one in Marketo; `followers`: wake those who name its rows, from behind the golden id `target`; `seekers`:
   * wake those who look for the key `target`, from behind the golden id after the last line break in it, where there is one.
   */
  | {
      readonly kind: 'wake-up';
      readonly goldenId: string;
      readonly reason: 'due' | 'join' | 'parent' | 'followers' | 'seekers' | OperatorWish;
      readonly target: string | null;
      /** Of a join, an ISO time: later nobody waits for it any more. */
      readonly until?: string | null;
      /** Of an undo. */
      readonly conflict?: Conflict | null;
    };
