import { isClosed } from './closedRow.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';
import type { MappingRow } from './mapping.ts';
import { notRepresentable, project } from './projection.ts';
import type { Scalar } from '@lockstep/change-events';

/** True when the row is known to hold the golden value of a field, or cannot hold it. */
function holds(row: DraftRow, mapping: MappingRow, golden: Scalar): boolean {
  if (row.system === 'dynamics' && mapping.columns[row.table] === undefined) return true;
  const wanted = project(row.system, mapping, golden);
  if (wanted === notRepresentable || isParked(row, mapping, wanted)) return true;
  const seen = row.seen[mapping.field];
  return seen !== undefined && seen.value === wanted && !seen.unconfirmed && !row.inFlight[mapping.field];
}

/** What is parked for a former value says nothing of the present one; what a closed row refused waits until it is in use, or carried on. */
function isParked({ parked }: DraftRow, { field }: MappingRow, wanted: Scalar): boolean {
  const refused = parked[field];

  return refused?.value === wanted && !isClosed(refused);
}

/** What both sides are known to hold becomes the base of the next three-way merge (design section 2, Agree). */
export function agree(draft: Draft): void {
  const dynamics = activeRow(draft.record, 'dynamics');
  const marketo = activeRow(draft.record, 'marketo');
  if (!dynamics || !marketo || marketo.deletedAt) return;
  const { fields } = draft.record;
  for (const mapping of draft.context.mapping) {
    const field = fields[mapping.field];
    if (field && !field.agreed && isHeldBy(dynamics, marketo, mapping, field.value))
      fields[mapping.field] = agreedOn(field);
  }
}

const isHeldBy = (dynamics: DraftRow, marketo: DraftRow, mapping: MappingRow, golden: Scalar): boolean =>
  holds(dynamics, mapping, golden) && holds(marketo, mapping, golden);

const agreedOn = ({ value, source, changedAt, rule, eventId }: GoldenField): GoldenField => ({
  value,
  source,
  changedAt,
  rule,
  eventId,
  base: value,
  agreed: true,
});
