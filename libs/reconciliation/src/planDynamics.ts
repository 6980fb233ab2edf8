import type { Scalar, Sequence } from '@lockstep/change-events';
import { isAttached } from './attach.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { planEnd } from './endRow.ts';
import type { GoldenField } from './goldenRecord.ts';
import type { SeenValue } from './linkedRow.ts';
import { isEmpty } from './isEmpty.ts';
import { isKeptOut } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { planRowWrite } from './planRowWrite.ts';
import { isUnsaid, isWithheld } from './policy.ts';
import { isBlank, notRepresentable, project } from './projection.ts';

/** Plans the one guarded write that brings the active row of Dynamics to the golden values, or to its end, unless one is open. */
export function planDynamics(draft: Draft): void {
  const row = activeRow(draft.record, 'dynamics');
  if (row?.ends && isKeptOut(draft.context, row)) delete row.ends;
  if (row?.version && isWritable(draft, row)) planWrite(draft, row, row.version);
}

/** Deleted, missing, merged and filtered rows go on learning; only their writes are withheld. */
function isWritable(draft: Draft, row: DraftRow): boolean {
  if (row.deletedAt || row.missing || isKeptOut(draft.context, row) || draft.record.aliasOf) return false;
  if (row.mergedInto !== undefined) return false;
  return !draft.record.outbox.some((entry) => entry.kind === 'dynamics-write' && entry.rowId === row.id);
}

function planWrite(draft: Draft, row: DraftRow, ifMatch: Sequence): void {
  const columns: Record<string, Scalar> = {};
  const revision = draft.record.revision;
  for (const mapping of draft.context.mapping) {
    const wanted = wantedValue(draft, row, mapping);
    if (wanted === undefined) continue;
    const column = mapping.columns[row.table];
    if (column === undefined || column in columns) continue;
    columns[column] = wanted;
    row.inFlight[mapping.field] = { value: wanted, revision: { ...revision } };
  }
  if (isEmpty(columns)) planEnd(draft, row, ifMatch);
  else planRowWrite(draft, { table: row.table, rowId: row.id, ifMatch, columns });
}

const mayWrite = (row: DraftRow, { field, direction }: MappingRow, golden: GoldenField): boolean =>
  ((direction !== 'to-marketo' && direction !== 'none') || isAttached(golden)) &&
  !row.unproven?.includes(field);

const keepsItsOwn = (field: GoldenField, { value }: SeenValue): boolean => isUnsaid(field) && !isBlank(value);

/** The value to write; undefined when the row holds it, cannot hold it, refused it, or was never seen. */
function wantedValue(draft: Draft, row: DraftRow, mapping: MappingRow): Scalar | undefined {
  const field = draft.record.fields[mapping.field];
  const seen = row.seen[mapping.field];
  if (!field || !seen) return undefined;
  const wanted = project('dynamics', mapping, field.value);
  // Nearly always: what else there is to ask costs more.
  if (wanted === notRepresentable || wanted === seen.value) return undefined;
  if (keepsItsOwn(field, seen) || !mayWrite(row, mapping, field) || isWithheld(row, mapping, wanted))
    return undefined;
  delete row.parked[mapping.field];
  return wanted;
}
