import type { Scalar } from '@lockstep/change-events';
import { setField } from './applyChange.ts';
import type { Draft, DraftRow } from './decision.ts';
import type { SeenValue } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { planOf } from './mappingPlan.ts';
import { hasLabels, optionLabel } from './optionSets.ts';
import { project, read } from './projection.ts';

/**
 * The operator calls the options of a row by other labels now: what the row holds stays, and is called so. Not where the golden value
 * is another one than the row's, such as a label that Dynamics lacks, nor where Dynamics is only told.
 */
export function relabel(draft: Draft, row: DraftRow, field: string): void {
  const mapping = draft.context.mapping.find((other) => other.field === field);
  const seen = row.seen[field];
  if (!mapping || !seen) return;
  if (row.system === 'marketo') row.seen[field] = inOrder(mapping, seen);
  else if (isCalledAnew(row, mapping, seen)) callAnew(draft, mapping, seen);
}

const isCalledAnew = (row: DraftRow, mapping: MappingRow, { value }: SeenValue): boolean =>
  row.active &&
  mapping.direction !== 'to-dynamics' &&
  !row.unlike?.includes(mapping.field) &&
  hasLabelFor(mapping, value);

function callAnew(draft: Draft, mapping: MappingRow, seen: SeenValue): void {
  const held = draft.record.fields[mapping.field];
  const { golden } = read('dynamics', mapping, seen.value);
  if (!held || golden === held.value) return;
  const { source, changedAt } = held;
  setField(draft, mapping.field, { value: golden, source, changedAt, rule: 'relabelled' });
}

/** Neither the order of labels nor that of their numbers is an edit. */
const inOrder = (mapping: MappingRow, seen: SeenValue): SeenValue => ({
  ...seen,
  value: read('marketo', mapping, seen.value).side,
});

const numbers = /^-?\d+(?:,-?\d+)*$/;

/** What Dynamics calls a number is not remembered, nor are the numbers of labels that could not be read back. */
function hasLabelFor(mapping: MappingRow, value: Scalar): boolean {
  if (mapping.type === 'options') return hasLabels(mapping) && numbers.test(String(value));

  return typeof value === 'number' && optionLabel(mapping, value) !== undefined;
}

/** Notes the fields with labels of which the row does not hold the golden value. */
export function noteUnlike(draft: Draft, row: DraftRow): void {
  const unlike: string[] = [];
  if (row.system === 'dynamics' && row.active)
    for (const mapping of planOf(draft.context.mapping).labelled)
      if (isUnlike(draft, row, mapping)) unlike.push(mapping.field);
  if (unlike.length > 0) row.unlike = unlike;
  else if (row.unlike) delete row.unlike;
}

function isUnlike({ record }: Draft, row: DraftRow, mapping: MappingRow): boolean {
  const held = record.fields[mapping.field];
  const seen = row.seen[mapping.field];
  if (!held || !seen) return false;

  return project('dynamics', mapping, held.value) !== seen.value;
}
