import { firstSubject, runRounds, type Rounds } from './runRounds.ts';

type Seen = { readonly worked: string[]; readonly refused: unknown[] };

/** Runs rounds about each of `looks` in turn, a look a rest; stops when they are used up. */
async function run(
  looks: readonly (string | Error)[],
  options: Partial<Pick<Rounds<string>, 'check' | 'work'>> = {},
): Promise<Seen> {
  const stop = new AbortController();
  const [worked, refused]: [string[], unknown[]] = [[], []];
  let at = 0;
  const look = async (): Promise<string> => {
    const found = looks[at] ?? '';
    at += 1;
    if (found instanceof Error) throw found;
    return found;
  };
  const rounds: Rounds<string> = {
    look,
    check: async () => undefined,
    async work(subject, signal) {
      worked.push(`${subject} begins`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      worked.push(`${subject} ends`);
    },
    onRefused: (error) => void refused.push(error),
    clock: {
      sleep: async () => {
        if (at >= looks.length) stop.abort();
      },
    },
    ...options,
  };
  await runRounds(rounds, await firstSubject(rounds, stop.signal), stop.signal);

  return { worked, refused };
}

describe('work in rounds', () => {
  it('begins anew with what is different, after the round before has ended, and ends with the signal', async () => {
    const { worked, refused } = await run(['a', 'a', 'b', 'b']);

    expect(worked).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(refused).toEqual([]);
  });

  it('goes on as it is while the next round may not begin, says why once, and takes it up when it may', async () => {
    const [missing, other] = [new Error('missing'), new Error('other')];
    const isMissing = [false, true, true, false];
    const check = async (): Promise<void> => {
      if (isMissing.shift()) throw missing;
    };
    const { worked, refused } = await run(['a', other, 'b', 'b', 'b'], { check });

    expect(refused).toEqual([other, missing]);
    expect(worked).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('does not begin when the first round may not', async () => {
    const check = () => Promise.reject(new Error('missing'));

    await expect(run(['a'], { check })).rejects.toThrow('missing');
    await expect(run([new Error('at fault')])).rejects.toThrow('at fault');
  });

  it('ends when a round ends by itself, or fails', async () => {
    const failing = run(['a', 'a', 'a'], { work: () => Promise.reject(new Error('lost')) });
    await expect(failing).rejects.toThrow('lost');

    let rounds = 0;
    await run(['a', 'b', 'c'], { work: async () => void (rounds += 1) });
    expect(rounds).toBe(1);
  });
});
