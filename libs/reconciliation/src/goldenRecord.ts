import type {
  Conflict,
  KnownWish,
  Lane,
  MarketerRequest,
  PersonKind,
  Scalar,
  Sequence,
  System,
  WriteOperation,
} from '@lockstep/change-events';
import type { LinkedRow } from './linkedRow.ts';
import type { OutboxEntry } from './outbox.ts';

/** The golden value of one field; `base` is the last value that both sides were known to hold. */
export type GoldenField = {
  readonly value: Scalar;
  readonly source: System;
  readonly changedAt: string | null;
  readonly eventId: string;
  readonly rule: string;
  readonly base: Scalar | undefined;
  readonly agreed: boolean;
};

/** Why a whole record waits, and until when at the latest. */
export type Waiting = {
  readonly cause: 'first-reads' | 'join' | 'review' | 'refused' | 'marketo-missing';
  readonly code: string | null;
  readonly dueAtMs: number;
  /** What the side said that refused. */
  readonly detail?: string;
  /** It was a deletion that was refused. */
  readonly deletes?: true;
};

/**
 * Relations that wait for their parents: when they are looked at next, how often they were, and those that Marketo refused
 * although their parents were known to be there, by golden field.
 */
export type HeldRelations = {
  readonly dueAtMs: number;
  readonly attempts: number;
  readonly takenBack: readonly string[];
};

/**
 * A request of a marketer that is not carried out yet (decision 16). `dueAtMs`: when it is looked at next; null while a
 * write for it is open. `rowId`: the row that was planned for it; it makes no second one.
 */
export type OpenRequest = {
  readonly request: MarketerRequest;
  readonly dueAtMs: number | null;
  readonly rowId?: string;
};

/** A row that an operator parted from a record, and the record that it went to; without one it stayed where it was. */
export type PartedRow = { readonly row: string; readonly to?: string };

/**
 * Of an account, the keys of which contacts are told that look for them; of a contact, that it is to look for an account. Until
 * it is done, and at this time again.
 */
export type Attaching = { readonly keys?: readonly string[]; readonly dueAtMs: number };

/**
 * Of a person that has another one in Marketo now, or a row between that leads to another one: what those who name the row know,
 * and when they are told again. `moved`: it has another company.
 */
export type Followed = { readonly person: string; readonly moved?: true; readonly dueAtMs?: number };

/** When a record whose merge is to be followed looks again for who carries on, and how often it has. */
export type Following = { readonly dueAtMs: number; readonly attempts: number };

/** One write that would be made: `fields` are the names that the side's own API gives what an update changes. */
export type Forecast = {
  readonly operation: WriteOperation;
  /** Of Dynamics its table; of Marketo `person`, or what the API calls the record beside persons. */
  readonly table: string;
  /** Empty for what is no update. */
  readonly fields: readonly string[];
};

/** The wish that a record followed last. `spreads`: whoever else claims the address is still to be told. */
export type FollowedConsent = KnownWish & { readonly spreads?: true };

/** Records beside persons, by the name of their topic of golden events: a built-in one, or the table of custom rows. */
export type GoldenEntity = string;

/** One person, however many rows it has on either side, or one record beside persons (decision 13). */
export type GoldenRecord = {
  readonly goldenId: string;
  readonly revision: Sequence;
  /** Absent for a person. */
  readonly entity?: GoldenEntity;
  /** Of a person. */
  readonly kind: PersonKind;
  /** Set when this record was joined to another: everything that arrives is forwarded. */
  readonly aliasOf: string | null;
  readonly fields: Readonly<Record<string, GoldenField>>;
  readonly rows: readonly LinkedRow[];
  readonly outbox: readonly OutboxEntry[];
  readonly waiting: Waiting | null;
  readonly held?: HeldRelations;
  /**
   * Of a record beside persons, the rows that lead it, or others by way of it, to a person; sorted. Of a person that was merged away, the
   * key of whoever carries on. Absent without any.
   */
  readonly names?: readonly string[];
  /** While those who name its row know another person, or another way to one. */
  readonly followed?: Followed;
  /** Of an account, by what contacts find it; of a contact that has none, what it looks for (`soughtKey`). Absent without any. */
  readonly keys?: readonly string[];
  readonly attaching?: Attaching;
  /** While the merge of one side is to be followed, and whoever carries on is not ready. */
  readonly following?: Following;
  /** Oldest first; they are carried out one after the other. Absent without any. */
  readonly requests?: readonly OpenRequest[];
  /** Ids of requests that have ended, newest last: a repeat of one changes nothing. */
  readonly requestsEnded?: readonly string[];
  /** Since when, as an ISO time, it has troubles (`troublesOf`); an attempt begins the time anew. Absent without any. */
  readonly troubledSince?: string;
  /** Systems to which there is something to write, while nothing is written to them. */
  readonly withheld?: Readonly<Partial<Record<System, true>>>;
  /** What would be written to them. */
  readonly forecast?: Readonly<Partial<Record<System, readonly Forecast[]>>>;
  /** An operator said that whoever else has its address is somebody else: it is matched with nobody. */
  readonly apart?: boolean;
  /** Rows that an operator parted from it, newest last: no rule joins them again. */
  readonly parted?: readonly PartedRow[];
  /** Absent where nobody with its address ever opted out. */
  readonly consent?: FollowedConsent;
  readonly conflicts: readonly Conflict[];
  readonly lane: Lane;
  /** Hash of the rules that the last change was decided by; absent without a file of rules. */
  readonly rules?: string;
  /** The earliest time at which something open must be looked at again; null when nothing is open. */
  readonly dueAtMs: number | null;
};
