import type { InboxMessage, KnownWish } from '@lockstep/change-events';
import { setField } from './applyChange.ts';
import { consentField } from './consent.ts';
import { activeRow, type Draft, type DraftRecord, type DraftRow } from './decision.ts';
import { isWishOfAddress } from './followConsent.ts';
import { forwardSaved } from './forwardSaved.ts';
import { rowKey } from './linkedRow.ts';
import { isLeftPerson } from './match.ts';
import { isAwaited, type OutboxEntry } from './outbox.ts';
import { isParted, partWith } from './parted.ts';
import { read } from './projection.ts';
import { sendCommand } from './sendCommand.ts';

/**
 * An operator said that the person is somebody else than the rows of Dynamics. They go to the record `target`, which has nothing
 * yet; the person stays, because it carries this record's id, and keeps the values that it holds. Neither joins the other
 * again by a rule. Writes that are open are given up: what one of them has reached is learnt from its side.
 */
export function unlink(draft: Draft, target: string | null): void {
  const { record } = draft;
  const [wish, former] = [wishSeen(record), keptApart(record)];
  if (target === null || !handRowsOver(draft, target)) {
    draft.nothing = 'stale';
    return;
  }
  for (const key of [...record.rows.map(rowKey), ...former])
    forwardSaved(draft, { ...partedMessage(target, key), ...(wish && { wish }) });
}

/** Persons that the rows were parted from before. */
const keptApart = ({ parted = [] }: DraftRecord): readonly string[] =>
  parted.flatMap(({ row, to }) => (to === undefined ? [row] : []));

/** An opt-out of the address that the row was seen to follow: whatever it shows next was said by somebody who knew of it. */
function wishSeen({ consent, rows }: DraftRecord): KnownWish | null {
  const isFollowed = activeRow({ rows }, 'dynamics')?.seen[consentField]?.value === true;

  return consent && isFollowed ? { claim: consent.claim, revision: consent.revision } : null;
}

/**
 * The rows of Dynamics, all of which were deleted, leave the person to another row that came in their place: they go to the record
 * `target`. Who one of them is that comes back is for a person to decide, as of any row with the address.
 */
export function leave(draft: Draft, target: string | null): void {
  if (target === null || !isLeftPerson(draft.record) || !handRowsOver(draft, target)) draft.nothing = 'stale';
}

/** False where there is no pair to part. */
function handRowsOver(draft: Draft, target: string): boolean {
  const { record } = draft;
  const person = personToPart(draft);
  const [rows, persons] = [bySystem(record.rows, 'dynamics'), bySystem(record.rows, 'marketo')];
  if (!person || rows.length === 0 || target === record.goldenId) return false;
  record.rows = persons;
  giveUpWrites(draft);
  record.waiting = null;
  delete record.held;
  reopenRequests(draft);
  keepOwnValues(draft, person);
  for (const row of rows) partWith(draft, { row: rowKey(row), to: target });
  draft.relinks = { rowKeys: rows.map(rowKey), to: target };
  return true;
}

/** A command to the person that may not be carried out yet is overtaken by a read, and never carried out. */
function giveUpWrites(draft: Draft): void {
  const { record } = draft;
  const isOpen = record.outbox.some((entry) => entry.kind === 'marketo-write' && isAwaited(entry));
  if (isOpen) sendCommand(draft, 'READ', {});
  const isRead = ({ kind }: OutboxEntry): boolean => isOpen && kind === 'marketo-write';
  record.outbox = record.outbox.filter((entry) => !('dueAtMs' in entry) || isRead(entry));
}

/** The next person of a row whose person is gone is another one anyhow. */
function personToPart({ record }: Draft): DraftRow | undefined {
  const person = record.entity ? undefined : activeRow(record, 'marketo');

  return person?.deletedAt ? undefined : person;
}

const bySystem = (rows: readonly DraftRow[], system: DraftRow['system']): DraftRow[] =>
  rows.filter((row) => row.system === system);

/** Tells a record that the row `target` belongs to somebody else. */
export const partedMessage = (goldenId: string, target: string) =>
  ({ kind: 'wake-up', goldenId, reason: 'parted', target }) as const satisfies InboxMessage;

/** The row `target` belongs to somebody else, whatever address it has: who had asked for it by then asks anew for others. */
export function keepApart(draft: Draft, target: string | null, wish?: KnownWish | null): void {
  if (target === null || isParted(draft.record, target)) {
    draft.nothing = 'stale';
    return;
  }
  partWith(draft, { row: target });
  followOn(draft, target);
  if (wish) draft.record.consent ??= wish;
  const cause = draft.record.waiting?.cause;
  if (cause === 'join' || cause === 'review') draft.record.waiting = null;
}

/** Those who name the row that came know the person that it left: they are told once it has another one. */
function followOn({ record }: Draft, target: string): void {
  if (target.startsWith(keyOfPersons)) record.followed ??= { person: target.slice(keyOfPersons.length) };
}

const keyOfPersons = rowKey({ system: 'marketo', table: 'person', id: '' });

/** What was planned for a row that is gone is planned anew. */
function reopenRequests({ record, context }: Draft): void {
  if (!record.requests) return;
  record.requests = record.requests.map(({ request }) => ({ request, dueAtMs: context.nowMs }));
}

/** What only the others held is nobody's here, but for an opt-out or its lift, which are of the address. */
function keepOwnValues(draft: Draft, person: DraftRow): void {
  const { fields } = draft.record;
  person.inFlight = {};
  person.parked = {};
  for (const mapping of draft.context.mapping) {
    const { field } = mapping;
    if (isWishOfAddress(draft, field)) continue;
    const seen = person.seen[field];
    const value = seen ? read('marketo', mapping, seen.value).golden : null;
    if ((fields[field]?.value ?? null) !== value)
      setField(draft, field, { value, source: 'marketo', changedAt: null, rule: 'unlinked' });
    if (!seen) delete fields[field];
  }
}
