import { isSyncError } from '@lockstep/change-events';
import type { Lease, LeaseKeeper } from '../lease.ts';

/** Leases of one process, with the means to take one away. */
export type InMemoryLeaseKeeper = LeaseKeeper & {
  /**
   * Ends the present hold of `name`; the one who waited longest is next. With `silent` the holder is not told: only
   * `isHeld()` turns false, as in a process that slept through its deadline.
   */
  expire(name: string, options?: { readonly silent?: boolean }): void;
  /** Holds that wait for `name`. */
  waiting(name: string): number;
};

type Term = { held: boolean; readonly lost: AbortController };
type LeaseState = { term: Term | null; readonly queue: (() => void)[] };

/** One holder at a time, first come first served; nothing expires but through `expire`. */
export function inMemoryLeaseKeeper(): InMemoryLeaseKeeper {
  const leases = new Map<string, LeaseState>();

  function stateOf(name: string): LeaseState {
    const state = leases.get(name) ?? { term: null, queue: [] };
    leases.set(name, state);
    return state;
  }

  function release(state: LeaseState, term: Term): void {
    term.held = false;
    if (state.term !== term) return;
    state.term = null;
    state.queue.shift()?.();
  }

  return {
    async hold(name, whileHeld, signal) {
      const state = stateOf(name);
      while (!signal.aborted) {
        const term = await take(state, signal);
        if (!term) return;
        try {
          await runTerm(term, whileHeld, signal);
        } finally {
          release(state, term);
        }
      }
    },
    expire(name, { silent = false } = {}) {
      const state = stateOf(name);
      const { term } = state;
      if (!term) return;
      if (!silent) term.lost.abort();
      release(state, term);
    },
    waiting: (name) => stateOf(name).queue.length,
  };
}

function begin(state: LeaseState): Term {
  state.term = { held: true, lost: new AbortController() };
  return state.term;
}

/** Null when `signal` aborts first. */
function take(state: LeaseState, signal: AbortSignal): Promise<Term | null> {
  if (!state.term && state.queue.length === 0) return Promise.resolve(begin(state));
  return new Promise((resolve) => {
    const turn = () => {
      signal.removeEventListener('abort', giveUp);
      resolve(begin(state));
    };
    const giveUp = () => {
      state.queue.splice(state.queue.indexOf(turn), 1);
      resolve(null);
    };
    state.queue.push(turn);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

async function runTerm(
  term: Term,
  whileHeld: (lease: Lease, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await whileHeld({ isHeld: () => term.held }, AbortSignal.any([signal, term.lost.signal]));
  } catch (error) {
    // Whoever noticed the loss by itself goes back to waiting.
    if (!isSyncError(error, 'LEASE_LOST') || term.held) throw error;
  }
}
