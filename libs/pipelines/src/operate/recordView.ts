import {
  errorTable,
  isoTime,
  type Conflict,
  type Scalar,
  type Sequence,
  type System,
} from '@lockstep/change-events';
import {
  keysSought,
  rowKey,
  rowOperation,
  troublesOf,
  type GoldenRecord,
  type PartedRow,
  type Trouble,
  type Verdict,
} from '@lockstep/reconciliation';

/** A trouble with the sentence of the error table; codes of a side's own have none. */
export type TroubleView = Trouble & { readonly sentence: string | null };

export type RowView = {
  /** `system/table/id`. */
  readonly key: string;
  /** It speaks for the fields; the others speak for lifecycle only. */
  readonly active: boolean;
  /** Of Dynamics, `epoch.number`; null where none is known. */
  readonly version: string | null;
  readonly deleted: boolean;
  readonly missing: boolean;
  /** Its filter keeps it out of Marketo (F-57, G-09). */
  readonly filtered: boolean;
  /** Since when it stays out; null while it does not. */
  readonly outSince: string | null;
  /** Of a deleted person, what an operator said: whether it comes back (G-07). */
  readonly verdict: Verdict | null;
};

/** Why a field has its value: `rule` decided it, `eventId` brought it; `agreed` when both sides are known to hold it. */
export type FieldView = {
  readonly field: string;
  readonly value: Scalar;
  readonly source: System;
  readonly rule: string;
  readonly changedAt: string | null;
  readonly eventId: string;
  readonly agreed: boolean;
};

/** A write whose outcome is not known yet; it names its fields, not their values. */
export type OpenWriteView = {
  readonly to: System;
  readonly operation: string;
  readonly entryId: string;
  readonly fields: readonly string[];
  readonly attempts: number;
  readonly dueAt: string;
};

/** What `explain` tells of a golden record; times are ISO. */
export type RecordView = {
  readonly goldenId: string;
  /** `lead` or `contact` for a person. */
  readonly kind: string;
  readonly revision: string;
  readonly aliasOf: string | null;
  readonly rows: readonly RowView[];
  readonly fields: readonly FieldView[];
  readonly troubledSince: string | null;
  readonly troubles: readonly TroubleView[];
  readonly open: readonly OpenWriteView[];
  /** The last 20, oldest first. */
  readonly conflicts: readonly Conflict[];
  /** Rows that an operator parted from it; `to` is the golden id that got the row. */
  readonly parted: readonly PartedRow[];
  /** Of a contact without an account, the keys by which a rule looks for one. */
  readonly seeks: readonly string[];
  /** `survivor`: whoever carries on after a merge is not ready to be followed. */
  readonly waitsFor: string | null;
  readonly dueAt: string | null;
  /** Hash of the rules that the last change was decided by. */
  readonly rules: string | null;
};

/** Pure: a golden record as an operator wants to see it. */
export function recordView(record: GoldenRecord): RecordView {
  const { goldenId, revision, aliasOf, fields, conflicts, dueAtMs } = record;

  return {
    goldenId,
    kind: record.entity ?? record.kind,
    revision: sequenceText(revision),
    aliasOf,
    rows: record.rows.map(rowView),
    fields: Object.entries(fields).map(([field, { base: _, ...why }]) => ({ field, ...why })),
    troubledSince: record.troubledSince ?? null,
    troubles: troubleViews(record),
    open: record.outbox.flatMap(openView),
    conflicts,
    parted: record.parted ?? [],
    seeks: keysSought(record),
    waitsFor: waitedFor(record),
    dueAt: dueAtMs === null ? null : isoTime(dueAtMs),
    rules: record.rules ?? null,
  };
}

const sequenceText = ({ epoch, number }: Sequence): string => `${epoch}.${number}`;

const waitedFor = ({ waiting, following }: GoldenRecord): string | null =>
  waiting?.cause ?? (following ? 'survivor' : null);

/** The troubles of a record in words. */
export function troubleViews(record: GoldenRecord): readonly TroubleView[] {
  return troublesOf(record).map((trouble) => ({ ...trouble, sentence: sentenceOf(trouble.code) }));
}

/** The sentence of the error table; null for a code of a side's own. */
export function sentenceOf(code: string): string | null {
  const table: Readonly<Record<string, { readonly sentence: string }>> = errorTable;

  return Object.hasOwn(table, code) ? (table[code]?.sentence ?? null) : null;
}

function rowView(row: GoldenRecord['rows'][number]): RowView {
  const { active, deletedAt, missing, outSince = null, verdict = null } = row;
  const [deleted, filtered] = [deletedAt !== null, outSince !== null];
  const version = row.version && sequenceText(row.version);

  return { key: rowKey(row), active, version, deleted, missing, filtered, outSince, verdict };
}

function openView(entry: GoldenRecord['outbox'][number]): OpenWriteView[] {
  switch (entry.kind) {
    case 'golden-event':
    case 'request-state':
    case 'forward':
      return [];
    case 'dynamics-request': {
      const { entryId, attempts, dueAtMs, request } = entry;
      const operation = request.kind ?? '';
      return [{ to: 'dynamics', operation, entryId, fields: [], attempts, dueAt: isoTime(dueAtMs) }];
    }
    case 'dynamics-write': {
      const { entryId, attempts, dueAtMs, columns } = entry;
      const fields = Object.keys(columns);
      const operation = rowOperation(entry);
      return [{ to: 'dynamics', operation, entryId, fields, attempts, dueAt: isoTime(dueAtMs) }];
    }
    case 'marketo-write': {
      const { entryId, attempts, dueAtMs, command, lapsed } = entry;
      if (lapsed) return [];
      const fields = Object.keys(command.fields);
      return [
        { to: 'marketo', operation: command.operation, entryId, fields, attempts, dueAt: isoTime(dueAtMs) },
      ];
    }
  }
}
