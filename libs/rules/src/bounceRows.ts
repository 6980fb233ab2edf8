import type { MappingRow } from '@lockstep/reconciliation';
import type { BounceRule } from './rulesSchema.ts';

const bounceFields = [
  { key: 'invalid', field: 'emailInvalid', type: 'boolean', usual: 'new_emailinvalid' },
  { key: 'cause', field: 'emailInvalidCause', type: 'string', usual: 'new_emailinvalidcause' },
  { key: 'suspended', field: 'emailSuspended', type: 'boolean', usual: 'new_emailsuspended' },
] as const;

/** What Marketo knows about bounces, for columns of Dynamics that the native sync does not have (F-44, G-30). */
export function bounceRows(rule: BounceRule | undefined): readonly MappingRow[] {
  if (rule === undefined) return [];

  return bounceFields.flatMap(({ key, field, type, usual }) => {
    const column = rule === 'on' ? usual : rule[key];
    const row = { field, type, marketo: field, direction: 'to-dynamics' } as const;

    return column === undefined ? [] : [{ ...row, columns: { lead: column, contact: column } }];
  });
}
