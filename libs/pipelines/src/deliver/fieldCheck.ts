import type { Scalar, ScalarValues, UnfitFate, UnfitValue } from '@lockstep/change-events';
import type { MarketoField } from '@lockstep/ports';
import { misfitOf, type Misfit } from './misfit.ts';

/** What an operator wants done with values that do not fit a field (decision 11). */
export const fieldPolicies = ['reject', 'truncate', 'report'] as const;

export type FieldPolicy = (typeof fieldPolicies)[number];

/** What is left to send of a command's fields, and what became of the rest. */
export type CheckedFields = { readonly fields: ScalarValues; readonly unfit: readonly UnfitValue[] };

export type FieldCheck = (fields: ScalarValues) => CheckedFields;

export type FieldCheckOptions = {
  /** Marketo's fields by name as they were described last; null while nobody has asked. */
  readonly described: () => ReadonlyMap<string, MarketoField> | null;
  readonly policyOf: (field: string) => FieldPolicy;
};

/** Sends everything, and leaves it to Marketo to refuse. */
export const noFieldCheck: FieldCheck = (fields) => ({ fields, unfit: [] });

/** Checks values against Marketo's description before a call, which a value that it refuses would cost. */
export function createFieldCheck({ described, policyOf }: FieldCheckOptions): FieldCheck {
  return (fields) => {
    const known = described();
    if (known === null) return noFieldCheck(fields);
    const kept: Record<string, Scalar> = {};
    const unfit: UnfitValue[] = [];
    for (const [field, value] of Object.entries(fields)) {
      const misfit = misfitOf(known.get(field), value);
      const fate = misfit && fateOf(policyOf(field), misfit);
      if (fate) unfit.push({ field, code: misfit.code, fate, detail: misfit.detail });
      const sent = misfit && fate ? left(fate, misfit, value) : value;
      if (sent !== undefined) kept[field] = sent;
    }

    return { fields: kept, unfit };
  };
}

/** What is sent of a value; undefined for nothing. */
function left(fate: UnfitFate, { cut }: Misfit, value: Scalar): Scalar | undefined {
  switch (fate) {
    case 'REJECTED':
      return undefined;
    case 'TRUNCATED':
      return cut;
    case 'REPORTED':
      return value;
  }
}

/** What cannot be cut is rejected. */
function fateOf(policy: FieldPolicy, { cut }: Misfit): UnfitFate {
  if (policy === 'report') return 'REPORTED';

  return policy === 'truncate' && cut !== null ? 'TRUNCATED' : 'REJECTED';
}
