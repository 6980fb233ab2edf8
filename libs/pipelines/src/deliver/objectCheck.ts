import { isSyncError, type MarketoEntity, type ScalarValues, type UnfitValue } from '@lockstep/change-events';
import type { MarketoField, MarketoObjects } from '@lockstep/ports';
import { createFieldCheck, noFieldCheck, type CheckedFields, type FieldPolicy } from './fieldCheck.ts';

/** Values of a record, and the one of its key that does not fit: without it the record cannot be written. */
export type CheckedObject = CheckedFields & { readonly unfitKey: UnfitValue | null };

export type ObjectCheckOptions = {
  readonly objects: MarketoObjects;
  /** Absent: everything is sent, and Marketo says what it refuses. */
  readonly policyOf?: ((field: string) => FieldPolicy) | undefined;
};

/** Checks a record other than a person as `createFieldCheck` checks a person; a key that is cut would be another record's. */
export async function checkObject(
  { objects, policyOf }: ObjectCheckOptions,
  entity: MarketoEntity,
  fields: ScalarValues,
): Promise<CheckedObject> {
  const described = policyOf ? await describe(objects, entity) : null;
  if (!policyOf || described === null) return { ...noFieldCheck(fields), unfitKey: null };
  const keys = await objects.keyFields(entity);
  const policy = (field: string): FieldPolicy => (keys.includes(field) ? 'reject' : policyOf(field));
  const checked = createFieldCheck({ described: () => described, policyOf: policy })(fields);

  return { ...checked, unfitKey: checked.unfit.find(({ field }) => keys.includes(field)) ?? null };
}

/** Null for an entity that is not there: the write will be refused with the reason. */
async function describe(
  objects: MarketoObjects,
  entity: MarketoEntity,
): Promise<ReadonlyMap<string, MarketoField> | null> {
  try {
    return await objects.describe(entity);
  } catch (error) {
    if (isSyncError(error, 'MARKETO_ANSWER_INVALID')) return null;
    throw error;
  }
}
