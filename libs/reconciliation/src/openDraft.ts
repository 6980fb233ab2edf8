import type { System } from '@lockstep/change-events';
import type { DecisionContext, Draft, DraftRecord, DraftRow } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { isEmpty } from './isEmpty.ts';
import type { LinkedRow } from './linkedRow.ts';

/** `speaker`: the only side of which the message may show what a row holds; null when it may be either. */
export function openDraft(
  record: GoldenRecord,
  context: DecisionContext,
  { cause, speaker }: { readonly cause: Draft['cause']; readonly speaker: System | null },
): Draft {
  return {
    record: draftOf(record, speaker),
    before: record,
    context,
    cause,
    changed: new Map(),
    conflicts: [],
    commands: [],
    dynamicsWrites: [],
    forwards: [],
    nothing: null,
    relinks: null,
    consent: null,
  };
}

/**
 * A private copy of a record. The members that all have are spelled out: each spread of a copy of a copy makes a shape that nothing
 * else has, and whatever reads it gets slow. `speaker`: the only side of which the message may show what a row holds.
 */
function draftOf(record: GoldenRecord, speaker: System | null): DraftRecord {
  const draft: DraftRecord = {
    goldenId: record.goldenId,
    revision: { epoch: record.revision.epoch, number: record.revision.number },
    kind: record.kind,
    aliasOf: record.aliasOf,
    fields: { ...record.fields },
    rows: record.rows.map((row) => draftRowOf(row, speaker === null || speaker === row.system)),
    outbox: record.outbox.map((entry) => (entry.kind === 'golden-event' ? entry : { ...entry })),
    waiting: record.waiting,
    conflicts: record.conflicts,
    lane: record.lane,
    dueAtMs: record.dueAtMs,
  };
  copyOthers(record, draft);

  return draft;
}

/** What a row is seen to hold changes only where its side may speak. */
function draftRowOf(row: LinkedRow, maySpeak: boolean): DraftRow {
  const draft: DraftRow = {
    system: row.system,
    table: row.table,
    id: row.id,
    active: row.active,
    page: row.page,
    deletedAt: row.deletedAt,
    missing: row.missing,
    version: row.version,
    filter: row.filter,
    seen: maySpeak ? { ...row.seen } : row.seen,
    inFlight: isEmpty(row.inFlight) ? {} : { ...row.inFlight },
    parked: isEmpty(row.parked) ? {} : { ...row.parked },
    decidedEvidence: row.decidedEvidence,
  };
  copyOthers(row, draft);

  return draft;
}

/** What only some have, and what a later version may have added. */
function copyOthers<T extends object>(from: T, to: { -readonly [Key in keyof T]?: unknown }): void {
  for (const name in from) if (!(name in to)) to[name] = from[name];
}
