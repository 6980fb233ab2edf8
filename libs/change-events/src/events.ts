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

/** Feed rows about one person, with the number of the last feed call that came to the end of the feed. */
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
