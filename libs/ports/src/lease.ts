/** Held by at most one process at a time, as far as clocks and the broker allow; fencing covers the rest. */
export type Lease = {
  /** False once the local deadline (by a monotonic clock) has passed, also when nobody has told us yet. Ask before every send. */
  isHeld(): boolean;
};

export type LeaseKeeper = {
  /**
   * Waits as standby for the lease `name`, runs `whileHeld` with a signal that aborts when the lease is lost, and waits
   * again. Takeover follows within 15 s of a holder's death. Resolves after `signal` aborts; rejects when `whileHeld` does.
   */
  hold(
    name: string,
    whileHeld: (lease: Lease, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
};
