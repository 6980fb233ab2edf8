import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { withFileLock } from './fileLock.ts';
import type { StartContext } from './stackTypes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where downloads are kept: LOCKSTEP_CACHE_DIR, else `lockstep` in the user's cache folder. */
export function cacheFolder(env: Environment): string {
  if (env['LOCKSTEP_CACHE_DIR']) return env['LOCKSTEP_CACHE_DIR'];
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lockstep');
}

/** Whether `name` (which carries its version) is completely in the cache. */
export const isCached = (folder: string, name: string): boolean => existsSync(join(folder, name));

/**
 * The folder `name` of the cache, filled by `fill` when it is not there yet. `fill` writes to a temporary folder that
 * is renamed when it has succeeded, so a folder under its final name is always complete; concurrent starts wait for
 * one another. Rejects with what `fill` rejects with, leaving nothing behind.
 */
export async function installOnce(
  folder: string,
  name: string,
  fill: (temporaryFolder: string) => Promise<void>,
  context: StartContext,
): Promise<string> {
  const target = join(folder, name);
  if (existsSync(target)) return target;
  await mkdir(folder, { recursive: true });
  const onWait = (): void => context.log(`${name}: waiting for another start that is downloading it`);
  await withFileLock(`${target}.lock`, () => fillAndRename(target, fill), { signal: context.signal, onWait });
  return target;
}

async function fillAndRename(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const temporary = `${target}.part-${randomUUID()}`;
  await removeLeftovers(target);
  try {
    await mkdir(temporary);
    await fill(temporary);
    await rename(temporary, target).catch((error: unknown) => {
      // Another holder of a stolen lock was faster: its folder is as good as ours.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A download that was killed leaves its temporary folder; one that is an hour old has no owner any more. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${basename(target)}.part-`;
  const leftoverAfterMs = 3_600_000;
  for (const entry of await readdir(dirname(target))) {
    if (!entry.startsWith(prefix)) continue;
    const path = join(dirname(target), entry);
    const status = await stat(path).catch(() => undefined);
    if (status && Date.now() - status.mtimeMs > leftoverAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}
