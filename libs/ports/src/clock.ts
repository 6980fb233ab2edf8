/** Time as a port, so that loops need no fake timers. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Never jumps; milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `durationMs`, or at once when `signal` aborts. Never rejects. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
};
