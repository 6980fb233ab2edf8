import {
  isAfter,
  type ChangeEvent,
  type EvidenceRow,
  type Scalar,
  type Sequence,
} from '@lockstep/change-events';
import { openValues, type Draft, type DraftRow } from './decision.ts';
import { isWishOfAddress } from './followConsent.ts';
import type { MappingRow } from './mapping.ts';
import { isUntold, untold } from './observe.ts';
import type { MarketoWriteEntry } from './outbox.ts';
import { readDisplay } from './projection.ts';

/** The command to Marketo whose outcome is awaited. */
export const openCommand = ({ outbox }: Draft['record']): MarketoWriteEntry | undefined =>
  outbox.find((entry) => entry.kind === 'marketo-write');

/** What we wrote to this field and the feed has not told of, oldest first; with `personId` without what is open for others. */
export function ownWrites(
  draft: Draft,
  row: DraftRow,
  mapping: MappingRow,
  personId?: string,
): readonly Scalar[] {
  const open = openValues(draft, mapping.marketo, personId);
  const inFlight = row.inFlight[mapping.field];
  const isOpen = inFlight === undefined || open.includes(inFlight.value);
  const waiting = untold(row.seen[mapping.field]);
  if (isOpen) return open.length === 0 ? waiting : [...waiting, ...open];
  return [...waiting, ...open, inFlight.value];
}

/** What an event tells about a field. */
type Told = {
  readonly mapping: MappingRow;
  readonly evidence: readonly EvidenceRow[];
  readonly event: ChangeEvent;
};

/** Those of our writes that may be what the feed tells of, and whether what it tells is certainly by others. */
export function writesBehind(
  draft: Draft,
  row: DraftRow,
  told: Told,
): { readonly writes: readonly Scalar[]; readonly isOthers: boolean } {
  const { mapping } = told;
  const isOthers = isOptOutOfBefore(draft, told);
  return { writes: isOthers ? untold(row.seen[mapping.field]) : ownWrites(draft, row, mapping), isOthers };
}

/**
 * An opt-out of the address that was read before the command that is open was decided is none of ours, however close the two are: the
 * feed tells whole seconds. Clocks that differ make one of ours a word of the record, which changes nothing.
 */
function isOptOutOfBefore(draft: Draft, { mapping, evidence, event }: Told): boolean {
  const entry = openCommand(draft.record);
  if (!entry || entry.overtaken || !isWishOfAddress(draft, mapping.field)) return false;
  if (readDisplay(mapping, evidence.at(-1)?.newValue ?? null).side !== true) return false;

  return Date.parse(event.observedAt) < Date.parse(entry.command.issuedAt);
}

/** The feed is in order: what it told of, and what came before that, it will not tell of again. */
export function forgetTold(row: DraftRow, mapping: MappingRow, told: number): void {
  const seen = row.seen[mapping.field];
  if (!seen || told === 0) return;
  const writes = untold(seen);
  const rest = writes.slice(told);
  const { value, at } = seen;
  if (rest.length === 0) confirm(row, mapping.field);
  else if (writes.slice(told - 1).every((write) => write === value))
    row.seen[mapping.field] = { value, at, written: rest };
  else row.seen[mapping.field] = { ...seen, written: (seen.written ?? []).slice(told) };
}

/** The feed has told of the value, be it of the first of several writes of it. */
export function confirmValue(row: DraftRow, field: string): void {
  const seen = row.seen[field];
  if (!seen?.unconfirmed) return;
  const { unconfirmed: _, ...told } = seen;
  row.seen[field] = told;
}

/** The feed has told of our values, or never will. */
export function confirm(row: DraftRow, field: string): void {
  const seen = row.seen[field];
  if (seen && isUntold(seen)) row.seen[field] = { value: seen.value, at: seen.at };
}

/** How far the feed was read when the event was made; null in the lane that others may overtake, which carries what was told before. */
const feedNumberOf = ({ evidence, lane }: ChangeEvent): Sequence | null =>
  lane === 'LIVE' ? (evidence?.feedNumber ?? null) : null;

/**
 * Our acknowledged value when the feed has been read past that write: from now on both sides are known to agree. Asked
 * before the state moves the number of what was seen.
 */
export function confirmedValue(row: DraftRow, mapping: MappingRow, event: ChangeEvent): Scalar | undefined {
  const seen = row.seen[mapping.field];
  return seen && isUntold(seen) && isAfter(feedNumberOf(event), seen.at) ? seen.value : undefined;
}
