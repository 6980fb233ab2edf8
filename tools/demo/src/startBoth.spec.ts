import { startBoth } from './startBoth.ts';

const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
  });

describe('two parts that start together', () => {
  // Without Java the demo said "the services cannot be built:" and nothing more.
  it('end with what failed first, not with what was given up for it', async () => {
    const missing = async (): Promise<never> => Promise.reject(new Error('missing: Java 17'));
    const { signal } = new AbortController();
    const keep = () => undefined;

    await expect(startBoth([missing, untilStopped], keep, signal)).rejects.toThrow('missing: Java 17');
    await expect(startBoth([untilStopped, missing], keep, signal)).rejects.toThrow('missing: Java 17');
  });

  it('leave the first to be closed when the second fails', async () => {
    const kept: string[] = [];
    const broken = async (): Promise<never> => Promise.reject(new Error('broken'));
    const starting = startBoth(
      [async () => Promise.resolve('stack'), broken],
      (first) => kept.push(first),
      new AbortController().signal,
    );

    await expect(starting).rejects.toThrow('broken');
    expect(kept).toEqual(['stack']);
  });
});
