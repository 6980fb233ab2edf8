import type { System } from '@lockstep/change-events';
import type { DraftRecord, DraftRow } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { isEmpty } from './isEmpty.ts';
import type { LinkedRow } from './linkedRow.ts';

type OptionalKeys<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** All members that a record may lack: the compiler sees to it that none is forgotten. */
const partsOfRecord = Object.keys({
  entity: true,
  held: true,
  names: true,
  followed: true,
  keys: true,
  attaching: true,
  following: true,
  requests: true,
  requestsEnded: true,
  troubledSince: true,
  withheld: true,
  forecast: true,
  apart: true,
  parted: true,
  consent: true,
  rules: true,
} satisfies Record<OptionalKeys<GoldenRecord>, true>) as readonly OptionalKeys<GoldenRecord>[];

const partsOfRow = Object.keys({
  mergedInto: true,
  removed: true,
  verdict: true,
  filtered: true,
  outSince: true,
  turnsAtMs: true,
  customer: true,
  ends: true,
  named: true,
  made: true,
  inactive: true,
  places: true,
  unlike: true,
  unproven: true,
  decidedIds: true,
} satisfies Record<OptionalKeys<LinkedRow>, true>) as readonly OptionalKeys<LinkedRow>[];

/**
 * A private copy of a record. Its members are spelled out: each spread of a copy of a copy makes a shape that nothing
 * else has, and whatever reads it gets slow. `speaker`: the only side of which the message may show what a row holds.
 */
export function draftOf(record: GoldenRecord, speaker: System | null): DraftRecord {
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
  for (const name of partsOfRecord) copyPart(record, draft, name);

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
  for (const name of partsOfRow) copyPart(row, draft, name);

  return draft;
}

function copyPart<T extends object, Name extends keyof T>(
  from: T,
  to: { -readonly [Key in Name]?: T[Key] },
  name: Name,
): void {
  const part = from[name];
  if (part !== undefined) to[name] = part;
}
