import type { ErrorCode } from '@lockstep/change-events';
import type { Draft, DraftRow } from './decision.ts';
import type { MappingRow } from './mapping.ts';
import { notRepresentable, project, type Reading } from './projection.ts';

/** Of a field of which both sides keep their own value until somebody edits it again. */
const heldCode = 'FIELD_HELD';

/** Of a field of which Dynamics keeps what it made of our value. */
export const alteredCode: ErrorCode = 'DYNAMICS_ALTERED';

/** Parks the golden value before the row that shows another one. A value that our write ran over is not there any more. */
export function hold(
  { record }: Draft,
  {
    row,
    mapping,
    reading,
  }: { readonly row: DraftRow; readonly mapping: MappingRow; readonly reading: Reading },
): void {
  const value = project(row.system, mapping, record.fields[mapping.field]?.value ?? null);
  if (value === notRepresentable || row.seen[mapping.field]?.value !== reading.side) return;
  row.parked[mapping.field] = { value, code: heldCode };
}

/** The row shows another value than before: whatever becomes of it, the question that was open is answered. */
export function release(row: DraftRow, { field }: MappingRow): void {
  const code = row.parked[field]?.code;
  if (code === heldCode || code === alteredCode) delete row.parked[field];
}

/** Nobody has decided yet which of two edits is to hold. */
export const isHeldForReview = ({ record }: Draft): boolean =>
  record.rows.some(({ parked }) => Object.values(parked).some(({ code }) => code === heldCode));
