import type { Lane, ScalarValues } from './events.ts';
import type { Sequence } from './sequence.ts';

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
  /** What `personId` is an id of; null, or absent from outcomes of earlier versions, for a person. */
  readonly entity?: MarketoEntity | null;
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
