import type { ChangeEvent, Conflict, System } from './events.ts';
import type { MarketerRequest } from './requests.ts';
import type { DeliveryOutcome, DynamicsOutcome } from './writes.ts';

/**
 * What an operator asks of one record: `release` tries at once whatever waits; `read-again` reads what Marketo holds; of a record in
 * review, `review-join` takes the person of the record `target`, and `review-separate` makes one of its own; of one whose person was
 * deleted in Marketo, `review-recreate` makes another one, `review-stay-away` none. `unlink` hands its rows of Dynamics to the record
 * `target`, which is told by `parted` of each row (`target`) that it must never join; `leave` hands them over where all of them were
 * deleted, and tells nobody. `undo` gives the field of `conflict` the value that lost.
 */
export type OperatorWish =
  | 'release'
  | 'read-again'
  | 'review-join'
  | 'review-separate'
  | 'review-recreate'
  | 'review-stay-away'
  | 'unlink'
  | 'leave'
  | 'parted'
  | 'undo';

/** A wish of whoever reads an email address, as far as a record knows of it. */
export type KnownWish = { readonly claim: string; readonly revision: number };

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
      /** Of a person that another record hands over: the wish of its address that that record followed, or brought. */
      readonly wish?: KnownWish | null;
      /** Of such a person: ids of what marketers asked for and that has ended. */
      readonly requestsEnded?: readonly string[] | null;
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
      readonly reason: 'due' | 'join' | 'parent' | 'followers' | 'seekers' | 'named' | OperatorWish;
      readonly target: string | null;
      /** Of a join, an ISO time: later nobody waits for it any more. */
      readonly until?: string | null;
      /** Of `due`, an ISO time: when the sweep sent it; whatever lies before it in the inbox was sent earlier. */
      readonly sentAt?: string | null;
      /** Of an undo. */
      readonly conflict?: Conflict | null;
      /** Of `parted`, where the rows that come were seen to follow it: a wish of their email address. */
      readonly wish?: KnownWish | null;
    };
