import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, installOnce, isCached } from './downloadCache.ts';

const context = { log: () => undefined, signal: new AbortController().signal };

async function inEmptyFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-cache-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('cacheFolder', () => {
  it('is the folder that was asked for, else one in the cache folder of the user', () => {
    expect(cacheFolder({ LOCKSTEP_CACHE_DIR: '/here', XDG_CACHE_HOME: '/xdg' })).toBe('/here');
    expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' })).toBe(join('/xdg', 'lockstep'));
    expect(cacheFolder({})).toMatch(/\.cache.lockstep$/);
  });
});

describe('installOnce', () => {
  it('fills a folder once and answers it from then on', async () => {
    await inEmptyFolder(async (cache) => {
      let fills = 0;
      const fill = async (folder: string): Promise<void> => {
        fills += 1;
        await writeFile(join(folder, 'content'), 'whole');
      };
      const folder = await installOnce(cache, 'thing-1', fill, context);
      await installOnce(cache, 'thing-1', fill, context);
      await expect(readFile(join(folder, 'content'), 'utf8')).resolves.toBe('whole');
      expect(fills).toBe(1);
    });
  });

  it('lets concurrent starts share one download', async () => {
    await inEmptyFolder(async (cache) => {
      let fills = 0;
      const fill = async (folder: string): Promise<void> => {
        fills += 1;
        await writeFile(join(folder, 'content'), 'whole');
      };
      await Promise.all([1, 2, 3].map(() => installOnce(cache, 'thing-1', fill, context)));
      expect(fills).toBe(1);
      expect(await readdir(cache)).toEqual(['thing-1']);
    });
  });

  it('leaves nothing behind when a download breaks off, so that the next one starts afresh', async () => {
    await inEmptyFolder(async (cache) => {
      const broken = installOnce(
        cache,
        'thing-1',
        async (folder) => {
          await writeFile(join(folder, 'content'), 'hal');
          throw new Error('connection cut');
        },
        context,
      );
      await expect(broken).rejects.toThrow('connection cut');
      expect(isCached(cache, 'thing-1')).toBe(false);
      expect(await readdir(cache)).toEqual([]);
      await installOnce(cache, 'thing-1', async () => undefined, context);
      expect(isCached(cache, 'thing-1')).toBe(true);
    });
  });
});
