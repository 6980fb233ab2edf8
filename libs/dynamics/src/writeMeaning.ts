import type { DynamicsUpdateResult } from '@lockstep/ports';
import { meaningOf, type DataverseFault } from './failures.ts';

type Refused = Extract<DynamicsUpdateResult, { result: 'REFUSED' }>;

/** Null for a refusal of the values: any other 4xx, and an unknown column, which concerns only those who write it. */
export function writeMeaning(fault: DataverseFault): ReturnType<typeof meaningOf> {
  if (fault.code === '0x80041103') return null;
  const isRefusal = fault.status >= 400 && fault.status < 500;

  return meaningOf(fault) ?? (isRefusal ? null : 'DYNAMICS_ANSWER_INVALID');
}

/** A value without a form that could be sent. */
export function unwritable(field: string): Refused {
  return {
    result: 'REFUSED',
    code: 'VALUE_NOT_REPRESENTABLE',
    field,
    detail: 'the value has no form that Dataverse takes',
  };
}
