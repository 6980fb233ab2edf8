import type { ChangeEvent, DeliveryOutcome, Sequence, System } from '@lockstep/change-events';
import type { Consent, ConsentChange, GoldenRecord } from '@lockstep/reconciliation';

/** A record to save, guarded by the revision it was read at; null inserts. */
export type GuardedSave = { readonly record: GoldenRecord; readonly expected: Sequence | null };

/** Golden records: one document each, compare-and-set on the revision, no transactions over documents. */
export type GoldenStore = {
  load(goldenIds: readonly string[]): Promise<ReadonlyMap<string, GoldenRecord>>;
  /** Saves each record whose stored revision is still `expected`; returns the golden ids that were refused. */
  save(saves: readonly GuardedSave[]): Promise<ReadonlySet<string>>;
  /** Golden ids with something open whose `dueAt` is at or before `nowMs`, oldest first. */
  findDue(nowMs: number, limitMax: number): Promise<readonly string[]>;
  /** Golden ids whose `waiting.cause` is `cause`, in no order. */
  findWaiting(cause: 'first-reads', limitMax: number): Promise<readonly string[]>;
  /** Golden ids with something to write to `system` that was withheld, in no order. */
  findWithheld(system: System, limitMax: number): Promise<readonly string[]>;
  /** Golden ids of records that name one of these rows or persons (`names`), in their order, from the first, or from behind `after`. */
  findNaming(rowIds: readonly string[], after: string | null, limitMax: number): Promise<readonly string[]>;
  /** Golden ids of records with this key (`keys`), likewise. */
  findKeyed(key: string, after: string | null, limitMax: number): Promise<readonly string[]>;
  /** How many are withheld. */
  countWithheld(system: System): Promise<number>;
  /** Records in the order of their golden ids, from the first, or from behind `after`; `limitMax` from 1. */
  page(after: string | null, limitMax: number): Promise<readonly GoldenRecord[]>;
  /** About how many records there are. */
  estimateCount(): Promise<number>;
};

/** Which golden record a row belongs to; keys are `system/table/id`. An entry is written before it is used. */
export type LinkStore = {
  resolve(rowKeys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Inserts what is absent, and returns what is stored then: another golden id where somebody was first. */
  link(links: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>;
  /** Points rows at another golden record, where they still point at `from`. */
  relink(rowKeys: readonly string[], from: string, to: string): Promise<void>;
  /** Keeps by its row what ended a row that nobody is linked to, for 30 days; of several the last. */
  keepEnds(ends: ReadonlyMap<string, ChangeEvent>): Promise<void>;
  /** What was kept of these rows, also of rows that are linked by now. */
  readEnds(rowKeys: readonly string[]): Promise<ReadonlyMap<string, ChangeEvent>>;
};

/** A row that claims a value (such as an email address) for matching. */
export type Claim = { readonly claim: string; readonly rowKey: string; readonly goldenId: string };

export type ClaimStore = {
  /** Both are idempotent. */
  add(claims: readonly Claim[]): Promise<void>;
  remove(claims: readonly Claim[]): Promise<void>;
  read(claims: readonly string[]): Promise<ReadonlyMap<string, readonly Claim[]>>;
};

/** What whoever reads an email address wishes, one entry per address; compare-and-set on its revision. */
export type ConsentStore = {
  read(claims: readonly string[]): Promise<ReadonlyMap<string, Consent>>;
  /** Stores each, at most one per claim, whose stored revision is still `expected`; returns the claims that were refused. */
  save(changes: readonly ConsentChange[]): Promise<ReadonlySet<string>>;
};

/** Facts about the whole sync that outlive processes. */
export type SyncStateStore = {
  firstReadsComplete(): Promise<boolean>;
  markFirstReadsComplete(): Promise<void>;
  /** No revision may be below: 1 until it is raised. */
  revisionEpoch(): Promise<number>;
  raiseRevisionEpoch(epoch: number): Promise<void>;
  /** Where the records of a system live that the database links, as it was remembered last; null before. */
  originOf(system: System): Promise<string | null>;
  rememberOrigin(system: System, origin: string): Promise<void>;
};

/**
 * What was last sent to Marketo for a golden id: stored before the call without an outcome, and with it after the call, so
 * that a repeated command gets the same answer again.
 */
export type Delivery = {
  readonly goldenId: string;
  readonly revision: Sequence;
  readonly outcome: DeliveryOutcome | null;
};

export type DeliveryStore = {
  load(goldenIds: readonly string[]): Promise<ReadonlyMap<string, Delivery>>;
  save(deliveries: readonly Delivery[]): Promise<void>;
};
