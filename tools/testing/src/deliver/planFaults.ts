/** Faults that the emulated Marketo commits to one call. */
export const callFaults = [
  'COMMIT_AFTER_604',
  'COMMIT_BEFORE_5XX',
  'TOKEN_REVOKED',
  'CONNECTION_CUT',
] as const;
export type CallFault = (typeof callFaults)[number];

/** Faults of the active process: `kill -9`, and SIGSTOP beyond its lease. */
export const processFaults = ['KILL', 'FREEZE'] as const;
export type ProcessFault = (typeof processFaults)[number];

export const faultKinds = [...callFaults, ...processFaults] as const;
export type FaultKind = (typeof faultKinds)[number];

export type DeliveryPlan = {
  readonly seed: number;
  readonly faults: number;
  readonly people: number;
  readonly editsPerSecond: number;
};
