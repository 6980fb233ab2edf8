import type { Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { entityTypes } from './entityTypes.ts';
import type { MappingRow } from './mapping.ts';
import { isWithheld } from './policy.ts';
import { notRepresentable, project } from './projection.ts';
import { parentOf } from './relations.ts';

/** The person is seen to hold it, as nearly all fields nearly always are: nothing else there is to ask matters then. */
export function isHeld({ record }: Draft, person: DraftRow, mapping: MappingRow): boolean {
  const seen = person.seen[mapping.field];
  const field = record.fields[mapping.field];
  if (!seen || !field || mapping.parents) return false;

  return project('marketo', mapping, field.value) === seen.value;
}

/** The value to write; undefined when the person holds it, refused it, or its field was never seen. */
export function wantedValue(draft: Draft, person: DraftRow, mapping: MappingRow): Scalar | undefined {
  const seen = person.seen[mapping.field];
  // Nobody but us may name a parent, so that what it was before does not matter.
  if (!seen && !mapping.parents) return undefined;
  const wanted = valueOf(draft, mapping);
  if (wanted === undefined || wanted === seen?.value) return undefined;
  if (isWithheld(person, mapping, wanted)) return undefined;
  delete person.parked[mapping.field];
  return wanted;
}

/** What Marketo should hold; undefined for what is not sent, cannot be held there, or names a parent that is not there. */
export function valueOf(draft: Draft, mapping: MappingRow): Scalar | undefined {
  const field = draft.record.fields[mapping.field];
  if (!field || !isSent(draft, mapping)) return undefined;
  const wanted = project('marketo', mapping, field.value);
  if (wanted === notRepresentable)
    return mapping.otherwise?.[activeRow(draft.record, 'dynamics')?.table ?? ''];
  return mapping.parents ? parentOf(draft, mapping, wanted) : wanted;
}

/** Everything that a person is made with. */
export function allValues(draft: Draft): ScalarValues {
  const fields: Record<string, Scalar> = {};
  for (const mapping of draft.context.mapping) {
    const wanted = valueOf(draft, mapping);
    if (wanted !== undefined) fields[mapping.marketo] = wanted;
  }
  return fields;
}

/** Fields of companies that their persons show. */
export const companyFields: ReadonlySet<string> = new Set(
  entityTypes.account.mapping.filter(({ parents }) => !parents).map(({ marketo }) => marketo),
);

/** A person of a company shows the company's own fields, and may not be given others (marketo-rest 2.4, 1021). */
function isSent({ record }: Draft, { marketo, direction }: MappingRow): boolean {
  if (direction === 'to-dynamics' || direction === 'none') return false;
  return !companyFields.has(marketo) || typeof record.fields['companyId']?.value !== 'string';
}
