import {
  isAfter,
  type DeliveryOutcome,
  type ScalarValues,
  type Sequence,
  type WriteOperation,
} from '@lockstep/change-events';
import { confirm, openCommand } from './ownWrites.ts';
import { absorbState, bury, personRow } from './absorbMarketo.ts';
import { absorbRefused, parkRefused } from './absorbRefusal.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { followPerson } from './endRow.ts';
import type { MappingRow } from './mapping.ts';
import { valueOf } from './marketoValues.ts';
import { settle, type Accepted } from './observe.ts';
import { read } from './projection.ts';
import { closeEntry, findEntry, forget, postpone, waitingFor, type Entry } from './openCommand.ts';

/** Takes the outcome of a command to Marketo into the record. */
export function absorbOutcome(draft: Draft, outcome: DeliveryOutcome): void {
  const entry = findEntry(draft, outcome);
  switch (outcome.result) {
    case 'CREATED':
    case 'UPDATED':
      absorbAccepted(draft, outcome);
      parkRefused(draft, outcome);
      if (outcome.result === 'CREATED') meetMade(draft, outcome, entry);
      return closeEntry(draft, outcome, entry);
    case 'FOUND':
    case 'READ':
      if (outcome.personId && outcome.state && outcome.answered) {
        absorbState(draft, outcome.personId, outcome.state, outcome.answered);
      }
      return closeEntry(draft, outcome, entry);
    case 'NOT_FOUND':
      absorbNotFound(draft, outcome, entry?.command.operation);
      return closeEntry(draft, outcome, entry);
    case 'REFUSED':
      absorbRefused(draft, outcome, entry);
      return closeEntry(draft, outcome, entry);
    case 'AMBIGUOUS':
      if (entry) draft.record.waiting = waitingFor(draft, 'review', outcome);
      else draft.nothing = 'no-entry';
      return closeEntry(draft, outcome, entry);
    case 'DELETED':
      absorbDeleted(draft, outcome);
      return closeEntry(draft, outcome, entry);
    case 'UNKNOWN':
    case 'RETRY':
      return postpone(draft, outcome, entry);
    case 'MERGED':
      return absorbMerged(draft, outcome, entry);
    case 'SUPERSEDED':
      draft.nothing = 'superseded';
  }
}

/** What a person was made with ran over nothing, and the feed does not tell of it (marketo-rest 3.4). */
function absorbAccepted(draft: Draft, outcome: DeliveryOutcome): void {
  const { answered, personId, accepted } = outcome;
  if (!personId || !answered || !accepted) return;
  const row = personRow(draft, personId, answered);
  // The answer may be that of a command before.
  if (openCommand(draft.record)?.command.operation !== 'DELETE') delete row.removed;
  for (const mapping of draft.context.mapping) {
    const value = accepted[mapping.marketo];
    if (value === undefined) continue;
    forget(row, mapping.field, outcome.revision);
    remember(draft, { row, mapping, value, at: answered, answeredAt: outcome.at });
  }
}

/** What the person was made with is known, and what it was made without. */
function meetMade(
  draft: Draft,
  { personId, accepted, answered }: DeliveryOutcome,
  command: Entry | undefined,
): void {
  const row = draft.record.rows.find(({ system, id }) => system === 'marketo' && id === personId);
  if (!row || !answered) return;
  const made = { accepted: accepted ?? {}, answered };
  meetBlanks(draft, row, made);
  confirmMade(draft, row, made);
  forgetAllMade(draft, made);
  if (command) followMade(draft, row);
}

/** What waits because it did not fit, or lived elsewhere then, the person was made without, whatever a read before this answer left open. */
function meetBlanks(draft: Draft, row: DraftRow, { accepted, answered }: Made): void {
  for (const field of Object.keys(row.parked)) row.seen[field] ??= { value: null, at: answered };
  if (!row.active) return;
  for (const mapping of draft.context.mapping.filter((each) => isSince(draft, each, accepted)))
    row.seen[mapping.field] ??= { value: read('marketo', mapping, null).side, at: answered };
}

/** The field has a place in Marketo that it had not when the person was made. */
const isSince = (draft: Draft, mapping: MappingRow, accepted: ScalarValues): boolean =>
  !mapping.parents && accepted[mapping.marketo] === undefined && valueOf(draft, mapping) !== undefined;

function forgetAllMade({ record }: Draft, made: Made): void {
  for (const entry of record.outbox) if (entry.kind === 'marketo-write') forgetMade(entry, made);
}

/** Somebody deleted it before this answer was heard. */
function followMade(draft: Draft, person: DraftRow): void {
  if (person.deletedAt) followPerson(draft, person);
}

/** What made the person leaves no step in the feed, though another command overtook it. */
function forgetMade(entry: Entry, { accepted }: Made): void {
  if (entry.makes) delete entry.makes;
  if (!entry.overtaken) return;
  const isOther = (fields: ScalarValues) =>
    Object.entries(accepted).some(([name, value]) => fields[name] !== value);
  const others = entry.overtaken.filter(isOther);
  delete entry.overtaken;
  if (others.length > 0) entry.overtaken = others;
}

type Made = { readonly accepted: ScalarValues; readonly answered: Sequence };

/** The feed tells no first values of a person that was created: there is nothing to wait for, but for what was written since. */
function confirmMade({ context }: Draft, row: DraftRow, { accepted, answered }: Made): void {
  for (const { field, marketo } of context.mapping) {
    const seen = row.seen[field];
    if (seen && (!isAfter(seen.at, answered) || seen.value === accepted[marketo])) confirm(row, field);
  }
}

/** Who was gone before we asked, of that the feeds tell how. */
function absorbMerged(draft: Draft, outcome: DeliveryOutcome, entry: Entry | undefined): void {
  if (entry?.command.operation !== 'MERGE') {
    draft.nothing = 'superseded';
    return;
  }
  const row = activeRow(draft.record, 'marketo');
  if (row && !row.deletedAt) endMerged(draft, row, outcome);
  closeEntry(draft, outcome, entry);
}

function endMerged(draft: Draft, row: DraftRow, outcome: DeliveryOutcome): void {
  const { personId, answered } = outcome;
  if (personId === null || !answered) return miss(draft, row, outcome);
  row.mergedInto = personId;
  row.inFlight = {};
  bury(draft, row, answered);
}

/** What a second person took is remembered: it speaks when the first one is gone. */
function remember(draft: Draft, accepted: Accepted): void {
  const { row, mapping, value, at } = accepted;
  if (row.active) settle(draft, accepted);
  else row.seen[mapping.field] ??= { value, at };
}

/**
 * A linked person that is not found says nothing until the delete or merge feed explains it. When the feeds, read on all
 * the while, have not done so by the time it is looked for again, it was deleted before we had learnt of it.
 */
function absorbNotFound(draft: Draft, outcome: DeliveryOutcome, operation: WriteOperation | undefined): void {
  const row = activeRow(draft.record, 'marketo');
  // Who was to carry on is gone, as its feed tells before it is looked for again.
  if (operation === 'MERGE') draft.record.waiting = waitingFor(draft, 'marketo-missing', outcome);
  if (!row || row.deletedAt || outcome.personId !== row.id) return;
  if (row.removed || (row.missing && operation === 'READ')) return bury(draft, row, row.page);
  miss(draft, row, outcome);
}

/** It is not there: a feed tells why, or it is looked for again. */
function miss(draft: Draft, row: DraftRow, outcome: DeliveryOutcome): void {
  row.missing = true;
  draft.record.waiting = waitingFor(draft, 'marketo-missing', outcome);
}

/** What the person held at last is taken as what was read before; whoever opted out in the meantime has done so (F-43). */
function absorbDeleted(draft: Draft, { personId, state, sent, answered }: DeliveryOutcome): void {
  if (!personId || !answered) return;
  if (state && sent) absorbState(draft, personId, state, sent);
  const row = personRow(draft, personId, answered);
  row.inFlight = {};
  if (!row.deletedAt) bury(draft, row, answered);
}
