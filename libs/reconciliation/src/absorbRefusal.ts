import type { DeliveryOutcome, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft } from './decision.ts';
import { findEntry, waitingFor, type Entry } from './openCommand.ts';
import { isParentMissing, takeBack } from './relations.ts';
import { saying } from './troubles.ts';

/** A refusal that tells of a missing parent holds up the relations; any other the field or the record. */
export function absorbRefused(draft: Draft, outcome: DeliveryOutcome, entry: Entry | undefined): void {
  const isTakenBack = isParentMissing(outcome) && takeBack(draft, entry?.command.fields ?? {});
  if (!isTakenBack) absorbRefusal(draft, outcome);
}

/**
 * A refusal parks the field that it names; one that names none makes the record wait. One that comes again, or of a command that
 * another one overtook, says nothing of what is open by now.
 */
export function absorbRefusal(draft: Draft, outcome: DeliveryOutcome): void {
  const entry = findEntry(draft, outcome);
  if (!entry) {
    draft.nothing = 'no-entry';
    return;
  }
  if (parkRefused(draft, outcome)) return;
  const waiting = waitingFor(draft, 'refused', { ...outcome, code: outcome.code ?? 'MARKETO_REFUSED' });
  draft.record.waiting = { ...waiting, ...(entry.command.operation === 'DELETE' && { deletes: true }) };
}

/**
 * Parks what Marketo does not hold as it should: values that do not fit their fields, and the field that it refused, alone
 * or out of a record of which it took the rest. False when it named none.
 */
export function parkRefused(draft: Draft, outcome: DeliveryOutcome): boolean {
  const { field, code, detail, unfit } = outcome;
  const sent = findEntry(draft, outcome)?.command.fields ?? {};
  for (const value of unfit ?? []) park(draft, sent, value);

  return park(draft, sent, { field, code, detail });
}

type Refused = Pick<DeliveryOutcome, 'field' | 'code' | 'detail'>;

function park(draft: Draft, sent: ScalarValues, { field, code, detail }: Refused): boolean {
  const row = activeRow(draft.record, 'marketo');
  const mapping = draft.context.mapping.find((other) => other.marketo === field);
  if (!row || !mapping || !(mapping.marketo in sent)) return false;
  const value = sent[mapping.marketo] ?? null;
  row.parked[mapping.field] = { value, code: code ?? 'MARKETO_REFUSED', ...saying(detail) };

  return true;
}
