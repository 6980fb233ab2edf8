import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from './fileLock.ts';

const { signal } = new AbortController();

async function withLockPath(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-lock-'));
  try {
    await work(join(folder, 'thing.lock'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const heldBy = (pid: number, host = hostname()): string => JSON.stringify({ pid, host });

describe('withFileLock', () => {
  it('lets one in at a time and removes the lock afterwards, also after a failure', async () => {
    await withLockPath(async (file) => {
      let inside = 0;
      let insideMax = 0;
      const work = async (): Promise<void> => {
        insideMax = Math.max(insideMax, (inside += 1));
        await sleep(20);
        inside -= 1;
        throw new Error('work failed');
      };
      const runs = [1, 2, 3].map(() => withFileLock(file, work, { signal, pollMs: 5 }));
      const outcomes = await Promise.allSettled(runs);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(insideMax).toBe(1);
      expect(existsSync(file)).toBe(false);
    });
  });

  it('takes over the lock of a process that has died', async () => {
    await withLockPath(async (file) => {
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      await writeFile(file, heldBy(pid));
      await expect(withFileLock(file, async () => 'done', { signal, pollMs: 5 })).resolves.toBe('done');
    });
  });

  it('takes over a lock that its holder stopped refreshing', async () => {
    await withLockPath(async (file) => {
      await writeFile(file, heldBy(1, 'another-machine'));
      const longAgo = new Date(Date.now() - 60_000);
      await utimes(file, longAgo, longAgo);
      await expect(withFileLock(file, async () => 'done', { signal, pollMs: 5 })).resolves.toBe('done');
    });
  });

  it('waits for a living holder, says so once, and gives up when aborted', async () => {
    await withLockPath(async (file) => {
      await writeFile(file, heldBy(process.pid));
      const stop = new AbortController();
      const waits: string[] = [];
      const onWait = (holder: string): void => void waits.push(holder);
      const waiting = withFileLock(file, async () => 'done', { signal: stop.signal, pollMs: 5, onWait });
      setTimeout(() => stop.abort(), 60);
      await expect(waiting).rejects.toThrow(/abort/i);
      expect(waits).toEqual([heldBy(process.pid)]);
      expect(existsSync(file)).toBe(true);
    });
  });
});
