import type { EventEmitter } from 'node:events';
import type { Log } from './logger.ts';
import type { Readiness } from './readiness.ts';
import { systemClock } from './systemClock.ts';
import type { Clock } from './systemClock.ts';

export type LifecycleOptions = {
  readonly log: Log;
  /** From the first sign of stopping until the last resource is closed; then the process is ended. */
  readonly deadlineMs?: number;
  /** Told at once that the process is stopping. */
  readonly readiness?: Readiness;
  readonly exit?: (code: number) => void;
  /** Where SIGINT and SIGTERM come from. */
  readonly signals?: EventEmitter;
  readonly clock?: Pick<Clock, 'monotonic'>;
};

export type Lifecycle = {
  /** Aborts once, on SIGINT, on SIGTERM, on `fail`, or when the work ends. */
  readonly signal: AbortSignal;
  /** Registers a resource right after it was opened; what was opened first is closed last. */
  opened(name: string, close: () => Promise<unknown> | void): void;
  /**
   * Stops because of a failure beside the work, such as a crashed consumer, and makes `run` reject with it. Once the
   * stop has begun it is only logged: what is being closed may complain.
   */
  fail(error: unknown): void;
  /**
   * Runs the work until it ends or a signal comes, waits for it, closes all resources in reverse order, and only then
   * settles. A second signal, or the deadline, ends the process with code 1.
   */
  run(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
};

type Resource = { readonly name: string; readonly close: () => Promise<unknown> | void };

/** A terminal signals the whole process group and launchers pass the same signal on: that is one Ctrl-C, not two. */
const repeatedSignalMs = 300;

/** The start and the orderly stop of one process; call `run` once. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { log, readiness, deadlineMs = 15_000, exit = process.exit } = options;
  const stop = new AbortController();
  const resources: Resource[] = [];
  const failures: unknown[] = [];
  let waitingFor = 'the work';
  let deadline: NodeJS.Timeout | undefined;

  const beginStop = () => {
    if (stop.signal.aborted) return;
    readiness?.set('process', 'is stopping');
    deadline = setTimeout(() => {
      log.error({ waitingFor, deadlineMs }, 'The orderly stop took too long; the process ends now.');
      exit(1);
    }, deadlineMs);
    stop.abort();
  };
  const failWith = (error: unknown) => {
    failures.push(error);
    beginStop();
  };
  const closeAll = async () => {
    for (const resource of resources.toReversed()) {
      waitingFor = resource.name;
      await close(resource, log);
    }
  };

  return {
    signal: stop.signal,
    opened: (name, closeIt) => resources.push({ name, close: closeIt }),
    fail: (err) => {
      if (stop.signal.aborted) log.warn({ err }, 'Failed while stopping.');
      else failWith(err);
    },
    async run(work) {
      const stopListening = onStopSignals(options, beginStop);
      await Promise.resolve(stop.signal).then(work).catch(failWith);
      beginStop();
      await closeAll();
      clearTimeout(deadline);
      stopListening();
      if (failures.length > 0) throw failures[0];
    },
  };
}

async function close({ name, close }: Resource, log: Log): Promise<void> {
  try {
    await close();
  } catch (err) {
    log.warn({ resource: name, err }, 'A resource did not close cleanly.');
  }
}

function onStopSignals(options: LifecycleOptions, beginStop: () => void): () => void {
  const { log, exit = process.exit, signals = process, clock = systemClock } = options;
  let firstMs: number | undefined;

  const listener = (name: string) => {
    if (firstMs === undefined) {
      firstMs = clock.monotonic();
      log.info({ signal: name }, 'Stopping.');
      beginStop();
    } else if (clock.monotonic() - firstMs >= repeatedSignalMs) {
      log.warn({ signal: name }, 'Stopping at once, by a second signal.');
      exit(1);
    }
  };
  signals.on('SIGINT', listener).on('SIGTERM', listener);

  return () => signals.off('SIGINT', listener).off('SIGTERM', listener);
}
