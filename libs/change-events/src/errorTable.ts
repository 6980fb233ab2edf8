import { processErrors } from './processErrors.ts';
import { recordErrors } from './recordErrors.ts';

/** Every code Lockstep reports, what it does about it, and what an operator should know. Rendered in docs/errors.md. */
export const errorTable = { ...processErrors, ...recordErrors } as const;

export type ErrorCode = keyof typeof errorTable;
