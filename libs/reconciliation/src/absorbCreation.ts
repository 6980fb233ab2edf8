import type { ChangeEvent, DynamicsOutcome } from '@lockstep/change-events';
import { knownCode } from './absorbCarriedOut.ts';
import { activeRow, addRow, type Draft, type DraftRow } from './decision.ts';
import { followPerson } from './endRow.ts';
import type { DynamicsWriteEntry } from './outbox.ts';
import type { MappingRow } from './mapping.ts';
import { endRequest } from './openRequests.ts';
import { planWithout } from './planCreation.ts';
import { saying } from './troubles.ts';

/** Before every version: what we sent was there first. */
const beforeAll = { epoch: 0, number: 0 } as const;

/**
 * A row that we create is met, in the answer to the creation or in a page: it begins with what we sent, and what it shows
 * beyond that others have done. It takes over from a row that was deleted (F-32). Undefined for any other row.
 */
export function meetCreated(draft: Draft, table: string, event: ChangeEvent): DraftRow | undefined {
  const { record } = draft;
  const entry = creationOf(record, table, event.recordId);
  if (!entry) return undefined;
  record.outbox = record.outbox.filter((other) => other !== entry);
  const active = retireFormer(record);
  const row = addRow(draft, { system: 'dynamics', table, id: event.recordId, active, page: event.page });
  if (active) record.kind = table === 'contact' ? 'contact' : 'lead';
  row.made = true;
  row.parked = { ...entry.parked };
  for (const mapping of draft.context.mapping) beginWithSent(row, mapping, entry);
  // Somebody may have deleted the person meanwhile.
  const person = activeRow(record, 'marketo');
  if (person) followPerson(draft, person);
  return row;
}

function creationOf(
  { outbox }: Draft['record'],
  table: string,
  rowId: string,
): DynamicsWriteEntry | undefined {
  return outbox.find(
    (entry): entry is Extract<typeof entry, { kind: 'dynamics-write' }> =>
      entry.kind === 'dynamics-write' &&
      entry.ifMatch === null &&
      entry.table === table &&
      entry.rowId === rowId,
  );
}

/** True when the new row is to speak for the fields: there was no other, or that was deleted. */
function retireFormer(record: Draft['record']): boolean {
  const former = activeRow(record, 'dynamics');
  if (former && former.deletedAt === null) return false;
  if (former) former.active = false;
  return true;
}

function beginWithSent(
  row: DraftRow,
  { field, columns, direction }: MappingRow,
  entry: DynamicsWriteEntry,
): void {
  const sent = direction === 'to-marketo' ? undefined : entry.columns[columns[row.table] ?? ''];
  if (sent !== undefined) row.seen[field] = { value: sent, at: beforeAll };
}

/**
 * The answer to a creation that brings no row is a refusal. One that names a column costs that column; any other ends the
 * request it was made for. A row that comes with the answer is met when its event is taken in.
 */
export function absorbCreation(draft: Draft, entry: DynamicsWriteEntry, written: DynamicsOutcome): void {
  if (written.result !== 'REFUSED') return;
  const { record } = draft;
  record.outbox = record.outbox.filter(({ entryId }) => entryId !== entry.entryId);
  const { field, detail } = written;
  const code = written.code ?? 'DYNAMICS_REFUSED';
  if (field !== null && field in entry.columns)
    return planWithout(draft, entry, field, { code, ...saying(detail) });
  const request = record.requests?.find(({ rowId }) => rowId === entry.rowId);
  if (request) endRequest(draft, request, { state: 'FAILED', code: knownCode(code), detail });
}
