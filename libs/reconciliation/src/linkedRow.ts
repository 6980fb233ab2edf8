import type { ChangeEvent, Scalar, Sequence, System } from '@lockstep/change-events';
import type { Facets } from './expression.ts';

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

/**
 * What a row of a contact showed of its customer, which may be an account or another contact: `none` ever, one `named` now, or
 * none since it was `cleared`.
 */
export type Customer = 'none' | 'named' | 'cleared';

/** What an operator said of a person that was deleted in Marketo; it holds whatever the policy says (G-07). */
export type Verdict = 'recreate' | 'stay-away';

/** What a filter reads of a row, whether it is mapped or not; `at` is the version that showed it. */
export type FilterValue = { readonly values: Facets; readonly at: NonNullable<ChangeEvent['version']> };

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
  /** A row of Dynamics that we made for its person. */
  readonly made?: true;
  /** Of an account that is not used any more. */
  readonly inactive?: true;
  /** Columns, or fields of Marketo, in which its fields were seen, where those are not the default ones; absent without any. */
  readonly places?: Readonly<Record<string, string>>;
  /** Of options, the fields of which it does not hold the golden value; absent without any. */
  readonly unlike?: readonly string[];
  readonly seen: Readonly<Record<string, SeenValue>>;
  /** Fields that only a read by id showed blank, at the row's version: nothing is written over them until a page tells. */
  readonly unproven?: readonly string[];
  readonly inFlight: Readonly<Record<string, InFlightValue>>;
  readonly parked: Readonly<Record<string, ParkedField>>;
  /** GUIDs of the feed rows decided last, newest last. */
  readonly decidedEvidence: readonly string[];
  /** Numbers of these activities, and before them of the one that was forgotten last; fewer in records of former versions. */
  readonly decidedIds?: readonly number[];
};

/** The key of a row in links and claims. */
export function rowKey(row: { system: System; table: string; id: string }): string {
  return `${row.system}/${row.table}/${row.id}`;
}
