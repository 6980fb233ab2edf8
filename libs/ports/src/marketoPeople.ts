import type { EvidenceRow, ScalarValues } from '@lockstep/change-events';
import type { RefusedRow } from './dynamicsTable.ts';
import type { ObjectResult } from './marketoObjects.ts';

/** A person as read: every field asked for, null where empty; without one that Marketo has no more. */
export type MarketoPerson = {
  readonly id: string;
  readonly fields: ScalarValues;
  /** Fields with a value that is none of their type: they are not among `fields`, for what they hold is unknown. */
  readonly unreadable?: readonly string[];
};

export type FeedRow = EvidenceRow & { readonly personId: string };

/** A feed page may be empty although `hasMore` is true; `position` is where the next read goes on (marketo-rest 3.2). */
type Page = {
  /** Rows that are malformed, with the id of the person where they name one. */
  readonly refused: readonly RefusedRow[];
  readonly position: string;
  readonly hasMore: boolean;
};

export type FeedPage = Page & { readonly rows: readonly FeedRow[] };

export type DeletedPage = Page & { readonly personIds: readonly string[] };

/**
 * Persons that became part of another; nothing else tells that they are gone (marketo-rest 3.3). Their activities are the winner's
 * from then on. `mergedAt`: ISO time.
 */
export type Merge = {
  readonly winnerId: string;
  readonly loserIds: readonly string[];
  readonly mergedAt: string;
};

export type MergePage = Page & {
  readonly merges: readonly Merge[];
  /** Persons that went to another partition: the numbers of both, as values of `leadPartitionId`. */
  readonly partitionRows: readonly FeedRow[];
};

/** Ids of members of a static list; `position` is where the next page begins, null after the last. */
export type MemberPage = { readonly personIds: readonly string[]; readonly position: string | null };

/** One record of an upsert, in the order of the input. */
export type UpsertResult =
  | { readonly result: 'CREATED' | 'UPDATED'; readonly personId: string }
  | { readonly result: 'NOT_FOUND' }
  | { readonly result: 'AMBIGUOUS' }
  | {
      readonly result: 'REFUSED';
      readonly code: string;
      readonly field: string | null;
      readonly detail: string;
    };

export type UpsertRequest =
  | {
      readonly action: 'createOrUpdate';
      readonly lookupField: string;
      readonly input: readonly ScalarValues[];
    }
  | { readonly action: 'updateOnly'; readonly lookupField: 'id'; readonly input: readonly ScalarValues[] };

/** At most this many losers in one merge (marketo-rest 2.5). */
export const mergeLosersMax = 25;

/** At most this many records in one call (marketo-rest 2.4). */
export const marketoBatchMax = 300;

/**
 * Marketo's person database. Every method is one call (or retries of it); MARKETO_OUTCOME_UNKNOWN says that a write may
 * or may not have happened; the other MARKETO_* codes say that it has not.
 */
export type MarketoPeople = {
  /** A feed position from which every change since `sinceMs` is found. */
  openFeed(sinceMs: number): Promise<string>;
  /** This and the next two throw MARKETO_POSITION_LOST when the place is not known any more. */
  readFeed(position: string): Promise<FeedPage>;
  readDeleted(position: string): Promise<DeletedPage>;
  readMergesAndPartitions(position: string): Promise<MergePage>;
  /** Persons whose `field` has one of `values` (at most 300), ordered by id. */
  findPersons(field: string, values: readonly string[]): Promise<readonly MarketoPerson[]>;
  /**
   * A page of a static list, the first where `position` is null. Null when there is no such list; throws MARKETO_POSITION_LOST
   * when the place is not known any more.
   */
  readMembers(listId: string, position: string | null): Promise<MemberPage | null>;
  /** At most 300 records; the answer is in input order. */
  upsert(request: UpsertRequest): Promise<readonly UpsertResult[]>;
  /** At most 300 ids; the answer is in input order. */
  deletePersons(personIds: readonly string[]): Promise<readonly ObjectResult[]>;
  /**
   * The losers, 25 at most, become part of the winner, whose values stay; its empty ones are filled from theirs (marketo-rest
   * 2.5). Throws MARKETO_REFUSED when one of them is not there.
   */
  mergePersons(winnerId: string, loserIds: readonly string[]): Promise<void>;
};
