import { setTimeout as sleep } from 'node:timers/promises';
import { startTogether, stopInReverse } from './startTogether.ts';

const part = (name: string, stopped: string[]) => ({
  name,
  stop: async (): Promise<void> => void stopped.push(name),
});

describe('startTogether', () => {
  it('stops what had started, last first, when one part fails', async () => {
    const stopped: string[] = [];
    const starting = startTogether(
      [
        async () => part('kafka', stopped),
        async () => part('mongodb', stopped),
        async () => {
          await sleep(5);
          throw new Error('registry failed');
        },
      ],
      new AbortController().signal,
    );
    await expect(starting).rejects.toThrow('registry failed');
    expect(stopped).toEqual(['mongodb', 'kafka']);
  });

  it('tells the others when one part fails, and throws the first failure', async () => {
    const starting = startTogether(
      [
        async (signal) => {
          await sleep(60_000, undefined, { signal });
          return part('slow', []);
        },
        async () => {
          throw new Error('port taken');
        },
      ],
      new AbortController().signal,
    );
    await expect(starting).rejects.toThrow('port taken');
  });

  it('stops everything when the start is abandoned', async () => {
    const stopped: string[] = [];
    const abandon = new AbortController();
    const starting = startTogether(
      [
        async () => {
          abandon.abort(new Error('stopped'));
          return part('kafka', stopped);
        },
      ],
      abandon.signal,
    );
    await expect(starting).rejects.toThrow('stopped');
    expect(stopped).toEqual(['kafka']);
  });
});

it('stops in the reverse of the order of starting', async () => {
  const stopped: string[] = [];
  await stopInReverse(['a', 'b', 'c'].map((name) => part(name, stopped)));
  expect(stopped).toEqual(['c', 'b', 'a']);
});
