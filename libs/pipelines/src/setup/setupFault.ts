import type { ErrorCode } from '@lockstep/change-events';

/** Something about Marketo that is not as the service needs it (docs/marketing.md, At the start). */
export type SetupFault = {
  /** Such as `credentials`, `write-persons`, `field/crmTopic`. */
  readonly check: string;
  readonly code: ErrorCode | 'CALLS_RUN_SHORT' | 'CLOCK_SKEWED' | 'MARKETO_TYPE_MISSING';
  /** Nothing is read or sent before it is corrected; otherwise the service works with what there is. */
  readonly isGrave: boolean;
  /** What there is and what is needed, in names and numbers. */
  readonly found: string;
};
