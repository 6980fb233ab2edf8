import type { System } from '@lockstep/change-events';

/** What is left of what was withheld from a system, as `lockstep status` and the API tell it. */
export type Drain = {
  /** Records with something to write that was withheld. */
  readonly records: number;
  /** Of how many, when the writes began to flow; null while they do not, and where nobody asked then. */
  readonly recordsTotal: number | null;
  readonly recordsPerSecond: number | null;
  readonly secondsLeft: number | null;
};

/** One look at a system; `flowingSinceMs`: when an operator let its writes flow, null where none did. */
export type DrainLook = {
  readonly system: System;
  readonly records: number;
  readonly isWithheld: boolean;
  readonly flowingSinceMs: number | null;
  readonly nowMs: number;
};

/**
 * Remembers how much was left at the last look before writes flowed, or at the first after it, and tells rate and time left
 * since then. `lockstep go` looks before it begins. A process that was started since has no rate at its first look.
 */
export function createDrainWatch(): (look: DrainLook) => Drain {
  const begun = new Map<System, Begun>();

  return (look) => {
    const { system, records } = look;
    const former = begun.get(system);
    const isOver = look.isWithheld || records === 0;
    const start = former && !isOver && records <= former.records ? former : { records, atMs: look.nowMs };
    begun.set(system, start);

    return isOver ? { records, ...notForeseen } : drainSince(start, look);
  };
}

type Begun = { readonly records: number; readonly atMs: number };

const notForeseen = { recordsTotal: null, recordsPerSecond: null, secondsLeft: null };

function drainSince({ records: recordsTotal, atMs }: Begun, look: DrainLook): Drain {
  const { records, flowingSinceMs, nowMs } = look;
  const seconds = (nowMs - Math.max(atMs, flowingSinceMs ?? atMs)) / 1_000;

  return { records, recordsTotal, ...paceOf(records, recordsTotal - records, seconds) };
}

function paceOf(
  left: number,
  done: number,
  seconds: number,
): Pick<Drain, 'recordsPerSecond' | 'secondsLeft'> {
  if (done <= 0 || seconds <= 0) return { recordsPerSecond: null, secondsLeft: null };
  const recordsPerSecond = done / seconds;

  return { recordsPerSecond, secondsLeft: left / recordsPerSecond };
}
