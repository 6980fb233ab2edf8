import type {
  Conflict,
  Lane,
  MarketerRequest,
  PersonKind,
  Scalar,
  Sequence,
  System,
} from '@lockstep/change-events';
import type { Attaching, Customer } from './attach.ts';
import type { Verdict } from './comeBack.ts';
import type { FollowedConsent } from './consent.ts';
import type { Followed } from './followers.ts';
import type { Following } from './followMerge.ts';
import type { Forecast } from './forecast.ts';
import type { GoldenEntity } from './entityTypes.ts';
import type { FilterValue } from './keptOut.ts';
import type { OutboxEntry } from './outbox.ts';

/**
 * What a row is known to hold, in its own side's value space. `at` is the version (Dynamics) or the call number
 * (Marketo) that showed it. `unconfirmed`: acknowledged by Marketo, but its feed has not been read past that write.
 * `written`: what we wrote before it, or may have written, and the feed has not told of either, oldest first.
 */
export type SeenValue = {
  readonly value: Scalar;
  readonly at: Sequence;
  readonly unconfirmed?: boolean;
  readonly written?: readonly Scalar[];
};

/** What is on its way to a row, in its own side's value space, since `revision`. */
export type InFlightValue = { readonly value: Scalar; readonly revision: Sequence };

/** A refusal that names a field parks that field until its value changes. `detail` is what the side said about it. */
export type ParkedField = { readonly value: Scalar; readonly code: string; readonly detail?: string };

/** What becomes of a row whose person somebody deleted in Marketo (G-08). */
export type RowEnd = 'deactivate' | 'delete';

/** One row or person that is linked to a golden record; fields are by golden field name. */
export type LinkedRow = {
  readonly system: System;
  readonly table: string;
  readonly id: string;
  /** One row per system speaks for the fields; the others for lifecycle only. */
  readonly active: boolean;
  /** The page or call number that showed the deletion. */
  readonly deletedAt: Sequence | null;
  /** What carries on: the person, where the deletion was a merge, or the row that a row of Dynamics was merged into (F-27). */
  readonly mergedInto?: string;
  /** Our write found nothing there: nothing more is written until the feed explains it. */
  readonly missing: boolean;
  /** Of a person that we had deleted because its row was gone, or stays out: it comes back with its row. */
  readonly removed?: boolean;
  /** Of a person that somebody deleted in Marketo: what an operator said of it. */
  readonly verdict?: Verdict;
  readonly version: Sequence | null;
  /** The highest page or call number that showed the row as a whole. */
  readonly page: Sequence;
  /** `new_synctomkto` (F-57): only an explicit No stops. */
  readonly filter: boolean | null;
  /** What the filter of the table reads, by column; a column that is not here is not known. */
  readonly filtered?: Readonly<Record<string, FilterValue>>;
  /** Since when, as an ISO time, it stays out of Marketo; absent while it does not. */
  readonly outSince?: string;
  /** When the filter may turn without an event; absent when it cannot. */
  readonly turnsAtMs?: number;
  /** Of a contact, while a rule attaches accounts; absent before its row has shown it. */
  readonly customer?: Customer;
  /** Of a row of Dynamics whose person was deleted: what is to become of it, until that is done, or the row is edited. */
  readonly ends?: RowEnd;
  /** Somebody in Marketo named it, or has: it is let in where only such rows are. */
  readonly named?: true;
  /** Of an account that is not used any more. */
  readonly inactive?: true;
  readonly seen: Readonly<Record<string, SeenValue>>;
  /** Fields that only a read by id showed blank, at the row's version: nothing is written over them until a page tells. */
  readonly unproven?: readonly string[];
  readonly inFlight: Readonly<Record<string, InFlightValue>>;
  readonly parked: Readonly<Record<string, ParkedField>>;
  /** GUIDs of the feed rows decided last, newest last. */
  readonly decidedEvidence: readonly string[];
};

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
  /** Of a record beside persons, the rows that lead it, or others by way of it, to a person; sorted. Absent without any. */
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

/** The key of a row in links and claims. */
export function rowKey(row: { system: System; table: string; id: string }): string {
  return `${row.system}/${row.table}/${row.id}`;
}
