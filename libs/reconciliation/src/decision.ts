import type {
  ChangedField,
  Conflict,
  GoldenEvent,
  InboxMessage,
  Lane,
  Scalar,
  ScalarValues,
  Sequence,
  System,
  WriteCommand,
} from '@lockstep/change-events';
import type { Consent, ConsentChange } from './consent.ts';
import type { EntityType } from './entityType.ts';
import { builtInType } from './entityTypes.ts';
import type { GoldenEntity, GoldenField, GoldenRecord } from './goldenRecord.ts';
import type { InFlightValue, LinkedRow, ParkedField, SeenValue } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import type { DynamicsEntry, OutboxEntry } from './outbox.ts';
import type { Policy } from './policy.ts';

/** Who carries on after a merge, as its own record tells (G-31). */
export type Survivor = {
  readonly goldenId: string;
  /** It is a person that was never linked to a row: another record may have it. */
  readonly isFree: boolean;
  /** Its row, where that is in use and does not stay out. */
  readonly row: Pick<LinkedRow, 'table' | 'id'> | null;
  /** Its person, where its row does not stay out. */
  readonly personId: string | null;
  /** The person that its own one was merged into, which another record has. */
  readonly awaits: string | null;
};

/** What was read beside the golden record. What rests on something being absent here is looked at again by a sweep. */
export type DecisionContext = {
  /** That of the record's entity. */
  readonly mapping: readonly MappingRow[];
  /** That of a custom record; absent for persons, built-in entities, and a table that is not configured any more. */
  readonly custom?: EntityType | undefined;
  readonly policy: Policy;
  readonly nowMs: number;
  /** Both systems have been read once and everything read has been decided. */
  readonly firstReadsComplete: boolean;
  /** Rows that claim an email address of the record, its own among them. */
  readonly claims: readonly EmailClaim[];
  /** Of the records behind `claims`, those of which a person is being made, or is foretold to be made once writes to Marketo flow. */
  readonly foretold?: ReadonlySet<string>;
  /** Of the records behind `claims`, those that have a person; only while somebody has asked for something. */
  readonly linked?: ReadonlySet<string>;
  /** The golden ids that own rows named in the message, by row key. */
  readonly owners: ReadonlyMap<string, string>;
  /** Ids of accounts by key, two of each at most; a key that is not here was not looked for. */
  readonly accounts?: ReadonlyMap<string, readonly string[]>;
  /**
   * By what Marketo knows the rows that the record names, by `parentKey`; those that it is not known to have are absent, and rows
   * between that name nobody are null.
   */
  readonly parents: ReadonlyMap<string, Scalar>;
  /** Who carries on after merges, by the row key that `followedKey` names; absent: not known yet. */
  readonly survivors?: ReadonlyMap<string, Survivor>;
  /** Systems to which nothing is written for now; what there is to write is remembered (`withheld` of the record). */
  readonly withheld?: ReadonlySet<System>;
  /** The wishes known for the addresses of the record, by claim. */
  readonly consents?: ReadonlyMap<string, Consent>;
  /** No revision is below; 1 without it. */
  readonly revisionEpoch?: number | undefined;
  /** Outbox entries that this process knows to be published; the others are published again. */
  readonly published: ReadonlySet<string>;
};

/** A row that claims an email address, and the golden record it belongs to. */
export type EmailClaim = { readonly claim: string; readonly rowKey: string; readonly goldenId: string };

/** Why a message changed nothing. */
export type Nothing = 'stale' | 'no-entry' | 'superseded' | 'forwarded' | 'repeated';

/** What one message did to one golden record, and what follows from it. */
export type Decision = {
  readonly record: GoldenRecord;
  /** False when nothing about the record changed: there is nothing to save. */
  readonly dirty: boolean;
  readonly nothing: Nothing | null;
  readonly goldenEvent: GoldenEvent | null;
  readonly conflicts: readonly Conflict[];
  readonly commands: readonly WriteCommand[];
  readonly dynamicsWrites: readonly DynamicsEntry[];
  readonly forwards: readonly InboxMessage[];
  readonly claimsAdded: readonly EmailClaim[];
  readonly claimsRemoved: readonly EmailClaim[];
  /** A wish to store for the record's address, before the record is saved. */
  readonly consent: ConsentChange | null;
  /** Rows that move to another golden record, before this one is saved. */
  readonly relinks: { readonly rowKeys: readonly string[]; readonly to: string } | null;
};

type Writable<T> = T extends unknown ? { -readonly [Key in keyof T]: T[Key] } : never;

/** What may be changed of a record in the making in place; what lies deeper is shared with the former record, and is replaced. */
export type DraftRow = Omit<Writable<LinkedRow>, 'seen' | 'inFlight' | 'parked'> & {
  seen: Record<string, SeenValue>;
  inFlight: Record<string, InFlightValue>;
  parked: Record<string, ParkedField>;
};
export type DraftRecord = Omit<Writable<GoldenRecord>, 'revision' | 'fields' | 'rows' | 'outbox'> & {
  revision: Writable<Sequence>;
  fields: Record<string, GoldenField>;
  rows: DraftRow[];
  outbox: Writable<OutboxEntry>[];
};

/** A decision in the making: a private copy of the record, changed step by step and handed out once. */
export type Draft = {
  readonly record: DraftRecord;
  readonly before: GoldenRecord;
  readonly context: DecisionContext;
  readonly cause: { readonly eventId: string; readonly system: System | null; readonly lane: Lane };
  readonly changed: Map<string, ChangedField>;
  readonly conflicts: Conflict[];
  readonly commands: WriteCommand[];
  readonly dynamicsWrites: DynamicsEntry[];
  readonly forwards: InboxMessage[];
  nothing: Nothing | null;
  relinks: Decision['relinks'];
  consent: ConsentChange | null;
};

/** A row that is met for the first time: nothing is known of what it holds. */
export function addRow(
  { record }: Draft,
  { system, table, id, active, page }: Pick<DraftRow, 'system' | 'table' | 'id' | 'active' | 'page'>,
): DraftRow {
  const added: DraftRow = {
    system,
    table,
    id,
    active,
    page,
    deletedAt: null,
    missing: false,
    version: null,
    filter: null,
    seen: {},
    inFlight: {},
    parked: {},
    decidedEvidence: [],
  };
  record.rows.push(added);

  return added;
}

/** An empty record for what is met for the first time; a person unless an entity is named. */
export function newGoldenRecord(goldenId: string, entity?: GoldenEntity): GoldenRecord {
  const record: GoldenRecord = {
    goldenId,
    revision: { epoch: 1, number: 0 },
    kind: 'lead',
    aliasOf: null,
    fields: {},
    rows: [],
    outbox: [],
    waiting: null,
    conflicts: [],
    lane: 'LIVE',
    dueAtMs: null,
  };

  return entity ? { ...record, entity } : record;
}

/** The row of a system that speaks for the fields, deleted or not. */
export function activeRow<Row extends { readonly system: System; readonly active: boolean }>(
  record: { readonly rows: readonly Row[] },
  system: System,
): Row | undefined {
  for (const row of record.rows) if (row.active && row.system === system) return row;

  return undefined;
}

/** Values of one Marketo field that open commands carry: until their outcome is known they may appear at any time; with `personId` only in this person. */
export function openValues(draft: Draft, marketoField: string, personId?: string): readonly Scalar[] {
  const values: Scalar[] = [];
  for (const { [marketoField]: value } of openFields(draft, personId))
    if (value !== undefined) values.push(value);

  return values;
}

/** What each of the open commands carries, oldest first; with `personId` without those for others, as for one who was merged since. */
export function openFields({ record }: Draft, personId?: string): readonly ScalarValues[] {
  const all: ScalarValues[] = [];
  for (const entry of record.outbox) {
    if (entry.kind !== 'marketo-write') continue;
    if (entry.overtaken) all.push(...entry.overtaken);
    if (!isForOther(entry.command, personId)) all.push(entry.command.fields);
  }

  return all;
}

const isForOther = (command: WriteCommand, personId: string | undefined): boolean =>
  personId !== undefined && command.personId !== null && command.personId !== personId;

/** How the record goes to Marketo; undefined for a person, and for rows of a table that is not configured any more. */
export const typeOf = ({ record, context }: Draft): EntityType | undefined =>
  context.custom ?? (record.entity === undefined ? undefined : builtInType(record.entity));
