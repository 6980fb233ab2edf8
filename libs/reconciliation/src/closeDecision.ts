import { isoTime, type GoldenEvent, type Scalar, type ScalarValues } from '@lockstep/change-events';
import { deepEqual } from 'fast-equals';
import { spreadId } from './consent.ts';
import { decidedAt } from './decidedAt.ts';
import type { Decision, Draft } from './decision.ts';
import { heirNames, namesOf } from './followers.ts';
import type { GoldenField, GoldenRecord } from './goldenRecord.ts';
import type { LinkedRow } from './linkedRow.ts';
import { claimChanges, noClaims } from './match.ts';
import { requestTimes } from './openRequests.ts';
import { isAwaited, isToPublish } from './outbox.ts';
import { notePlaces } from './places.ts';
import { troublesOf } from './troubles.ts';

const conflictsKeptMax = 20;
/** Of all that are kept, unless the last one alone has more: a document of the database holds 16 MiB. */
const conflictCharactersMax = 1_000_000;

/** Hands a draft out: what is kept of it, what others are told, and whether there is anything to save. */
export function closeDecision(draft: Draft): Decision {
  const { record, before } = draft;
  const kept = record.outbox.filter((entry) => isOpen(draft, entry));
  keepConflicts(draft);
  const goldenEvent = isVisible(draft) ? goldenEventOf(draft) : null;
  record.outbox = goldenEvent ? [...kept, entryOf(goldenEvent)] : kept;
  record.dueAtMs = dueTimeOf(record);
  markNames(draft);
  markTroubled(draft);
  const dirty = isDirty(draft, goldenEvent);
  if (dirty) complete(draft);
  const claims = dirty ? claimChanges(before, record, draft.context.claims) : noClaims;
  return {
    record: dirty ? record : before,
    dirty,
    nothing: draft.nothing,
    goldenEvent,
    conflicts: draft.conflicts,
    commands: draft.commands,
    // An open one is tried again when writes flow again.
    dynamicsWrites: draft.context.withheld?.has('dynamics') ? [] : draft.dynamicsWrites,
    forwards: draft.forwards,
    claimsAdded: claims.added,
    claimsRemoved: claims.removed,
    relinks: draft.relinks,
    consent: draft.consent,
  };
}

const entryOf = (event: GoldenEvent) => ({ kind: 'golden-event', entryId: event.eventId, event }) as const;

function keepConflicts({ record, conflicts }: Draft): void {
  if (conflicts.length === 0) return;
  const last = [...record.conflicts, ...conflicts].slice(-conflictsKeptMax);
  let left = conflictCharactersMax;
  const tooMuch = last.findLastIndex((conflict) => (left -= JSON.stringify(conflict).length) < 0);
  record.conflicts = last.slice(Math.min(tooMuch + 1, last.length - 1));
}

function complete(draft: Draft): void {
  sign(draft);
  notePlaces(draft);
  forgetSpread(draft);
}

/** What is known to be told need not be told again. */
function forgetSpread({ record, context }: Draft): void {
  const { consent } = record;
  if (consent && context.published.has(String(spreadId(record))))
    record.consent = { claim: consent.claim, revision: consent.revision };
}

function markNames({ record, context }: Draft): void {
  const names = record.entity ? namesOf(record, context.mapping) : heirNames(record);
  if (names.length > 0) record.names = names;
  else if (record.names) delete record.names;
}

function markTroubled({ record, context }: Draft): void {
  const isTroubled = troublesOf(record).length > 0;
  if (!isTroubled && record.troubledSince !== undefined) delete record.troubledSince;
  if (isTroubled) record.troubledSince ??= isoTime(context.nowMs);
}

/**
 * What is to be published stays until it is known to be; a command that lapsed until it was planned anew, which it is not
 * while writes are withheld.
 */
const isOpen = ({ context }: Draft, entry: GoldenRecord['outbox'][number]): boolean => {
  if (isToPublish(entry)) return !context.published.has(entry.entryId);
  const isLapsed = entry.kind === 'marketo-write' && entry.lapsed === true;

  return !isLapsed || (context.withheld?.has('marketo') ?? false);
};

/** Whatever changes a record says by which rules. */
function sign({ record, context }: Draft): void {
  if (context.policy.rules !== undefined) record.rules = context.policy.rules;
}

/** That something is out is no reason to save: the next save drops it. */
function isDirty(draft: Draft, goldenEvent: GoldenEvent | null): boolean {
  const { record, before } = draft;
  // Its entry is new in the outbox.
  if (goldenEvent) return true;
  const former = { ...before, revision: record.revision };
  former.outbox = before.outbox.filter((entry) => isOpen(draft, entry));
  return !deepEqual(record, former);
}

/** Whatever is open of an alias is open of the record that it joined. */
function dueTimeOf(record: Draft['record']): number | null {
  if (record.aliasOf !== null) return null;
  const dueAtMs = Math.min(dueOfParts(record), dueOfEntries(record), ...requestTimes(record.requests));

  return dueAtMs === Infinity ? null : dueAtMs;
}

function dueOfParts({ waiting, held, followed, attaching, following }: Draft['record']): number {
  const timed = waiting?.cause === 'first-reads' ? null : waiting;

  return Math.min(dueOf(timed), dueOf(held), dueOf(followed), dueOf(attaching), dueOf(following));
}

const dueOf = (part: { readonly dueAtMs?: number } | null | undefined): number => part?.dueAtMs ?? Infinity;

function dueOfEntries({ outbox, rows }: Draft['record']): number {
  let dueAtMs = Infinity;
  for (const entry of outbox) if (isAwaited(entry)) dueAtMs = Math.min(dueAtMs, entry.dueAtMs);
  for (const { turnsAtMs = Infinity } of rows) dueAtMs = Math.min(dueAtMs, turnsAtMs);

  return dueAtMs;
}

/** Others see values, conflicts and rows; what is on its way is nobody else's business. */
function isVisible(draft: Draft): boolean {
  const { record, before, changed, conflicts } = draft;
  if (changed.size > 0 || conflicts.length > 0 || record.aliasOf !== before.aliasOf) return true;
  return (
    record.rows.length !== before.rows.length ||
    !record.rows.every((row, at) => looksLike(row, before.rows[at]))
  );
}

/** Others see the same of both. */
const looksLike = (row: LinkedRow, other: LinkedRow | undefined): boolean =>
  row.id === other?.id &&
  row.table === other.table &&
  row.system === other.system &&
  row.active === other.active &&
  (row.deletedAt === null) === (other.deletedAt === null);

const rowsOf = (record: GoldenRecord): GoldenEvent['rows'] =>
  record.rows.map(({ system, table, id, active, deletedAt }) => ({
    system,
    table,
    id,
    active,
    deleted: deletedAt !== null,
  }));

function valuesOf({ fields }: Draft['record']): ScalarValues {
  // A copy whose members are replaced keeps the shape of the fields; one that is filled becomes a hash table.
  const values: Record<string, Scalar | GoldenField> = { ...fields };
  for (const name in values) values[name] = fields[name]?.value ?? null;

  return values as ScalarValues;
}

function goldenEventOf(draft: Draft): GoldenEvent {
  const { record, changed, conflicts, cause, context } = draft;
  return {
    eventId: `${record.goldenId}/${record.revision.epoch}.${record.revision.number}`,
    goldenId: record.goldenId,
    revision: { ...record.revision },
    kind: record.entity ? null : record.kind,
    mergedInto: record.aliasOf,
    rows: rowsOf(record),
    fields: valuesOf(record),
    changed: [...changed.values()],
    conflicts: [...conflicts],
    causeEventId: cause.eventId,
    causeSystem: cause.system,
    lane: cause.lane,
    decidedAt: decidedAt(context),
    rules: context.policy.rules ?? null,
  };
}
