import { Worker } from 'node:worker_threads';
import { NotPacked } from '@lockstep/change-events';
import type { PageToPack } from './packPage.ts';
import { pendingPage, type PackedRows, type PendingPage } from './pendingPage.ts';
import type { PageAnswer, PageQuestion } from './servePages.ts';

/**
 * A thread that makes the events of pages while those made before are sent. `pack` rejects with NotPacked, or the messages of its rows
 * do: when the page is not plain, when the thread ends, or says nothing for too long. The next page gets another thread.
 */
export type PageThread = {
  pack(page: PageToPack): Promise<PackedRows>;
  close(): Promise<void>;
};

export type PageThreadOptions = {
  /** Starts a thread that runs `servePages`. */
  readonly start: () => Worker;
  /** Told of every end but by `close`. */
  readonly onStopped?: (reason: string) => void;
  readonly silenceMsMax?: number;
};

/** How the events of a large page were made: by the thread, or by values although it was to be packed. */
export type PageWay = 'packed' | 'values';

/** A page takes a tenth of a second. */
const silenceMsMaxDefault = 30_000;
/** So often in a row it may end before it has done a page; from then on pages are read without it. */
const failuresMax = 3;

type Running = {
  readonly worker: Worker;
  readonly pending: Map<number, PendingPage>;
  timer?: NodeJS.Timeout;
};

export function createPageThread(options: PageThreadOptions): PageThread {
  let running: Running | null = null;
  let pages = 0;
  let failures = 0;
  const fail = (from: Running, reason: string): void => {
    if (from !== running) return;
    failures += 1;
    running = null;
    options.onStopped?.(reason);
    void stop(from, reason);
  };

  const take = (from: Running, answer: PageAnswer): void => {
    if (takePart(from, answer)) failures = 0;
    watch(from, options, (reason) => fail(from, reason));
  };

  const started = (): Running => {
    try {
      return start(options, take, fail);
    } catch (cause) {
      failures += 1;
      options.onStopped?.(String(cause));
      throw new NotPacked('the thread cannot be started', cause);
    }
  };

  return {
    async pack(page) {
      if (failures >= failuresMax) throw new NotPacked('the thread does not run');
      running ??= started();
      const number = ++pages;
      const { worker, pending } = running;
      const packed = new Promise<PackedRows>((resolve, reject) =>
        pending.set(number, pendingPage(page, resolve, reject)),
      );
      worker.postMessage({ number, ...page } satisfies PageQuestion);
      watch(running, options, (reason) => running && fail(running, reason));

      return packed;
    },
    async close() {
      const last = running;
      running = null;
      if (last !== null) await stop(last, 'closed');
    },
  };
}

function start(
  options: PageThreadOptions,
  take: (from: Running, answer: PageAnswer) => void,
  fail: (from: Running, reason: string) => void,
): Running {
  const worker = options.start();
  const running: Running = { worker, pending: new Map() };
  worker.on('message', (answer: PageAnswer) => take(running, answer));
  worker.once('error', (error) => fail(running, `it failed: ${String(error)}`));
  worker.once('exit', (code) => fail(running, `it ended with ${code}`));

  return running;
}

/** Answers whether a page is done, one way or the other. */
function takePart({ pending }: Running, { number, ...part }: PageAnswer): boolean {
  const page = pending.get(number);
  if ('failure' in part) page?.fail(part.failure);
  const isDone = 'failure' in part || page?.take(part) === true;
  if (isDone) pending.delete(number);

  return isDone;
}

/** Only while a page waits for it does a thread keep the process alive, and is its silence a fault. */
function watch(running: Running, options: PageThreadOptions, fail: (reason: string) => void): void {
  const { worker, pending } = running;
  clearTimeout(running.timer);
  if (pending.size === 0) return worker.unref();
  worker.ref();
  running.timer = setTimeout(
    () => fail('it said nothing for too long'),
    options.silenceMsMax ?? silenceMsMaxDefault,
  );
}

async function stop({ worker, pending, timer }: Running, reason: string): Promise<void> {
  clearTimeout(timer);
  for (const page of pending.values()) page.fail(`the thread: ${reason}`);
  pending.clear();
  await worker.terminate();
}

/** Starts the file of a thread: what it makes leaves it at once, so that it needs little room. */
export const startPageThread = (file: URL): Worker =>
  new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 } });
