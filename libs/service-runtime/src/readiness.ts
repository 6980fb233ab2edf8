import { errorTable, isSyncError, SyncError } from '@lockstep/change-events';

/** Why the process is not ready yet, per component, in words. */
export type Readiness = {
  /** A reason makes the process not ready; null takes the component's reason away. */
  set(component: string, reason: string | null): void;
  /** `component: reason`, in the order in which they came up; empty when ready. */
  reasons(): readonly string[];
};

/** The listed components count as starting until their reason is first set to null. */
export function createReadiness(startingComponents: readonly string[] = []): Readiness {
  const reasons = new Map(startingComponents.map((component) => [component, 'is starting']));

  return {
    set(component, reason) {
      if (reason === null) reasons.delete(component);
      else reasons.set(component, reason);
    },
    reasons: () => [...reasons].map(([component, reason]) => `${component}: ${reason}`),
  };
}

/** A failure as code and sentence of the error table, without its details: the health page is open to all. */
export function reasonOf(error: unknown): string {
  const code = isSyncError(error) ? error.code : 'INTERNAL';

  return `${code} ${errorTable[code].sentence}`;
}

/** Why a process that waits for a lease is not ready. Of a broker that is not heard nobody knows whether another one holds it. */
export const waitingReason = (lease: string, isHeard: boolean): string =>
  isHeard
    ? `standby: another process holds the lease ${lease}`
    : reasonOf(new SyncError('KAFKA_UNREACHABLE'));

/** The reason of a process that has lost its lease, until it is known who has it. */
export const askedAgain = 'is asked for again';
