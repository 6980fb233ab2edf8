import { isAfter, type DeliveryOutcome, type ScalarValues, type Sequence } from '@lockstep/change-events';
import { absorbRefusal, parkRefused } from './absorbRefusal.ts';
import { activeRow, addRow, typeOf, type Draft, type DraftRow } from './decision.ts';
import { closeEntry, findEntry, postpone, type Entry } from './openCommand.ts';
import { read } from './projection.ts';
import { isParentMissing, takeBack, waitForOthers } from './relations.ts';

/** Takes the outcome of a command about a record beside persons into its golden record. */
export function absorbEntityOutcome(draft: Draft, outcome: DeliveryOutcome): void {
  const entry = findEntry(draft, outcome);
  switch (outcome.result) {
    case 'CREATED':
    case 'UPDATED':
    case 'READ':
      absorbHeld(draft, outcome);
      parkRefused(draft, outcome);
      return closeEntry(draft, outcome, entry);
    case 'NOT_FOUND':
    case 'DELETED':
      draft.record.rows = draft.record.rows.filter(({ system }) => system !== 'marketo');
      return closeEntry(draft, outcome, entry);
    case 'REFUSED':
      absorbRefusal(draft, outcome);
      return closeEntry(draft, outcome, entry);
    case 'RETRY':
      return absorbRetry(draft, outcome, entry);
    case 'UNKNOWN':
      return postpone(draft, outcome, entry);
    // The rest is said of persons only.
    case 'FOUND':
    case 'AMBIGUOUS':
    case 'MERGED':
    case 'SUPERSEDED':
      draft.nothing = 'superseded';
  }
}

/** What is in the way of a write may stay there: without a parent it goes on, of a record in use it waits. */
function absorbRetry(draft: Draft, outcome: DeliveryOutcome, entry: Entry | undefined): void {
  const isTakenBack = entry && isParentMissing(outcome) && takeBack(draft, entry.command.fields);
  if (outcome.code === 'MARKETO_IN_USE') waitForOthers(draft);
  else if (!isTakenBack) return postpone(draft, outcome, entry);
  closeEntry(draft, outcome, entry);
}

/** What Marketo took, or showed. A record that it made anew holds nothing but what it was given. */
function absorbHeld(draft: Draft, outcome: DeliveryOutcome): void {
  const { personId, answered, result } = outcome;
  const values = result === 'READ' ? outcome.state : outcome.accepted;
  if (!personId || !answered || !values) return;
  const row = counterpartOf(draft, { id: personId, at: answered });
  if (result === 'CREATED') row.seen = seenSince(row, answered);
  see(draft, row, { values, at: answered });
  if (isAfter(answered, row.page)) row.page = answered;
}

/** What a later answer told, which came first since it took the other lane. */
const seenSince = ({ seen }: DraftRow, answered: Sequence): DraftRow['seen'] =>
  Object.fromEntries(Object.entries(seen).filter(([, { at }]) => isAfter(at, answered)));

function see(draft: Draft, row: DraftRow, { values, at }: { values: ScalarValues; at: Sequence }): void {
  for (const mapping of draft.context.mapping) {
    const value = values[mapping.marketo];
    const seen = row.seen[mapping.field];
    if (value === undefined || (seen && isAfter(seen.at, at))) continue;
    row.seen[mapping.field] = { value: read('marketo', mapping, value).side, at };
  }
}

type Counterpart = { readonly id: string; readonly at: Sequence };

function counterpartOf(draft: Draft, { id, at }: Counterpart): DraftRow {
  const known = activeRow(draft.record, 'marketo');
  if (known) known.id = id;
  if (known) return known;
  const table = typeOf(draft)?.marketo ?? draft.record.entity ?? 'person';
  return addRow(draft, { system: 'marketo', table, id, active: true, page: at });
}
