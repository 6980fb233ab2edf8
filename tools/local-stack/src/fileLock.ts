import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from './isProcessAlive.ts';

type LockOptions = {
  signal: AbortSignal;
  /** Called once when another process holds the lock. */
  onWait?: (holder: string) => void;
  /** A lock that was not refreshed for this long is stale, whoever holds it. */
  staleAfterMs?: number;
  pollMs?: number;
};

/**
 * Runs `work` while holding the lock file. A lock is taken over when its holder is a dead process of this machine,
 * or has not refreshed it for `staleAfterMs`. Two holders after a takeover race cost double work, not damage:
 * whatever is done under the lock must end in an atomic rename.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  options: LockOptions,
): Promise<T> {
  const staleAfterMs = options.staleAfterMs ?? 30_000;
  await acquire(file, { ...options, staleAfterMs });
  const refresh = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, staleAfterMs / 5);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await releaseOwn(file);
  }
}

const ownIdentity = (): string => JSON.stringify({ pid: process.pid, host: hostname() });

async function acquire(file: string, options: LockOptions & { staleAfterMs: number }): Promise<void> {
  let announced = false;
  while (!(await tryCreate(file))) {
    options.signal.throwIfAborted();
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (await isStale(file, holder, options.staleAfterMs)) {
      await discard(file);
      continue;
    }
    if (!announced) options.onWait?.(holder);
    announced = true;
    await sleep(options.pollMs ?? 250, undefined, { signal: options.signal });
  }
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await writeFile(file, ownIdentity(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string, holder: string, staleAfterMs: number): Promise<boolean> {
  const status = await stat(file).catch(() => undefined);
  if (status === undefined) return false;
  if (Date.now() - status.mtimeMs > staleAfterMs) return true;
  const { pid, host } = parseHolder(holder);
  return pid !== undefined && host === hostname() && !isProcessAlive(pid);
}

function parseHolder(holder: string): { pid?: number; host?: string } {
  try {
    return JSON.parse(holder) as { pid?: number; host?: string };
  } catch {
    // The holder has created the file and not yet written its name.
    return {};
  }
}

/** Renaming first means that of several waiters exactly one removes a given stale file. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

async function releaseOwn(file: string): Promise<void> {
  const holder = await readFile(file, 'utf8').catch(() => '');
  if (holder === ownIdentity()) await rm(file, { force: true });
}
