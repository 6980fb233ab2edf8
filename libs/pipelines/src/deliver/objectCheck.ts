import type { MarketoEntity, ScalarValues, UnfitValue } from '@lockstep/change-events';
import type { MarketoObjects } from '@lockstep/ports';
import { createFieldCheck, noFieldCheck, type CheckedFields, type FieldPolicy } from './fieldCheck.ts';

/** Values of a record, and the one of its key that does not fit: without it the record cannot be written. */
export type CheckedObject = CheckedFields & { readonly unfitKey: UnfitValue | null };

export type ObjectCheckOptions = {
  readonly objects: MarketoObjects;
  /** Absent: everything is sent, and Marketo says what it refuses. */
  readonly policyOf?: ((field: string) => FieldPolicy) | undefined;
};

/**
 * Checks a record other than a person as `createFieldCheck` checks a person; a key that is cut would be another record's. Null
 * when Marketo has no such records.
 */
export async function checkObject(
  { objects, policyOf }: ObjectCheckOptions,
  entity: MarketoEntity,
  fields: ScalarValues,
): Promise<CheckedObject | null> {
  if (!policyOf) return { ...noFieldCheck(fields), unfitKey: null };
  const described = await objects.describe(entity);
  if (described === null) return null;
  const keys = await objects.keyFields(entity);
  const policy = (field: string): FieldPolicy => (keys.includes(field) ? 'reject' : policyOf(field));
  const checked = createFieldCheck({ described: () => described, policyOf: policy })(fields);

  return { ...checked, unfitKey: checked.unfit.find(({ field }) => keys.includes(field)) ?? null };
}
