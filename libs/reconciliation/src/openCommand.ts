import type { DeliveryOutcome, Sequence } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRecord, type DraftRow } from './decision.ts';
import { keepOvertaken } from './observe.ts';
import { saying } from './troubles.ts';

/** A command to Marketo that has no outcome yet. */
export type Entry = Extract<DraftRecord['outbox'][number], { kind: 'marketo-write' }>;

/** The open command that an outcome answers. */
export function findEntry({ record }: Draft, { commandId }: DeliveryOutcome): Entry | undefined {
  return record.outbox.find(
    (other): other is Entry => other.kind === 'marketo-write' && other.command.commandId === commandId,
  );
}

/** The command is answered, and no longer on its way. */
export function closeEntry(draft: Draft, outcome: DeliveryOutcome, entry: Entry | undefined): void {
  if (!entry) return;
  draft.record.outbox = draft.record.outbox.filter((other) => other !== entry);
  const row = activeRow(draft.record, 'marketo');
  if (!row) return;
  for (const field of Object.keys(row.inFlight)) forget(row, field, outcome.revision);
  const { overtaken } = entry;
  // What a person is made with comes before all others, and the feed does not tell of records beside persons.
  if (!overtaken || outcome.result === 'CREATED' || draft.record.entity) return;
  for (const mapping of draft.context.mapping) keepOvertaken(row, mapping, overtaken);
}

/** The answer was lost, or nothing was sent: the entry stays open and is looked at again at `retryAt`. */
export function postpone(draft: Draft, outcome: DeliveryOutcome, entry: Entry | undefined): void {
  if (!entry) {
    draft.nothing = 'no-entry';
    return;
  }
  entry.dueAtMs = outcome.retryAt ? Date.parse(outcome.retryAt) : draft.context.nowMs;
  entry.unknown ||= outcome.result === 'UNKNOWN';
  delete entry.lapsed;
}

/** The write of this revision is no longer on its way; a later one may be. */
export function forget(row: DraftRow, field: string, revision: Sequence): void {
  const inFlight = row.inFlight[field];
  if (inFlight && inFlight.revision.number <= revision.number) delete row.inFlight[field];
}

/** What a record waits for as a whole after this outcome, until it is looked at again. */
export function waitingFor(
  draft: Draft,
  cause: 'review' | 'refused' | 'marketo-missing',
  { code, detail }: Pick<DeliveryOutcome, 'code' | 'detail'>,
): NonNullable<DraftRecord['waiting']> {
  const dueAtMs = draft.context.nowMs + draft.context.policy.parkedRetryMs;

  return { cause, code, dueAtMs, ...saying(detail) };
}
