import type { OrganizationState } from './organizationState.ts';

/** Runs the work; when it throws, rows and the log of states are as they were. */
export function inTransaction<Result>(state: OrganizationState, work: () => Result): Result {
  const last = state.states.last();
  try {
    return state.store.atomically(work);
  } catch (error) {
    state.states.discardAfter(last);
    throw error;
  }
}
