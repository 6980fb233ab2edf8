import type { Scalar, ScalarValues, UnfitFate, UnfitValue } from '@lockstep/change-events';

/** A field of Marketo that is shorter than what Dynamics holds, and what is done about longer values. */
export type NarrowField = { readonly lengthMax: number; readonly fate: UnfitFate };

const fits: NarrowField = { lengthMax: Infinity, fate: 'REJECTED' };

/** What is sent, what Marketo makes of it, and what the outcome tells of the rest. */
export type Fitted = {
  readonly sent: ScalarValues;
  readonly stored: ScalarValues;
  readonly unfit: readonly UnfitValue[];
};

/** Checks a command's values as the marketing service does before it calls. */
export function fitValues(narrow: ReadonlyMap<string, NarrowField>, fields: ScalarValues): Fitted {
  const sent: Record<string, Scalar> = {};
  const stored: Record<string, Scalar> = {};
  const unfit: UnfitValue[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const { lengthMax, fate } = narrow.get(field) ?? fits;
    const cut = typeof value === 'string' ? value.slice(0, lengthMax) : value;
    if (cut !== value) unfit.push({ field, code: '1077', fate, detail: 'too long' });
    if (cut !== value && fate === 'REJECTED') continue;
    sent[field] = fate === 'TRUNCATED' ? cut : value;
    stored[field] = cut;
  }
  return { sent, stored, unfit };
}
