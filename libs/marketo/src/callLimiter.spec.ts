import type { CallLane, Clock } from '@lockstep/ports';
import { createCallLimiter } from './callLimiter.ts';

/** A clock that moves only when somebody sleeps. */
function jumpingClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (durationMs) => void (nowMs += durationMs),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Calls that stay open until they are let go, with the time at which each left. */
function createStage(concurrentMax: number) {
  const clock = jumpingClock();
  const counter = { refusal: () => null, count: () => {} };
  const limits = { callsPer20s: 100, concurrentMax, counter, clock };
  const limiter = createCallLimiter(limits, new AbortController().signal);
  const left: { lane: CallLane; atMs: number; finish: () => void }[] = [];
  const ask = (lane: CallLane, count: number, isOpen = false) =>
    Array.from({ length: count }, () =>
      limiter(
        lane,
        () =>
          new Promise<void>((resolve) => {
            left.push({ lane, atMs: clock.monotonic(), finish: resolve });
            if (!isOpen) resolve();
          }),
      ),
    );
  return { ask, left };
}

describe('the limits of calls', () => {
  // A burst of backfill used up the window at once, and an edit that came after it waited for 20 seconds.
  it('let backfill leave evenly, so that an urgent call finds room at any time', async () => {
    const { ask, left } = createStage(10);

    await Promise.all(ask('BACKFILL', 300));

    const gapsMs = left.slice(1).map(({ atMs }, at) => atMs - (left[at]?.atMs ?? 0));
    expect(Math.max(...gapsMs)).toBeLessThan(1000);
    const windows = left.map(({ atMs }) => left.filter((o) => o.atMs >= atMs && o.atMs < atMs + 20_000));
    expect(Math.max(...windows.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  it('keep one place in flight free of backfill', async () => {
    const { ask, left } = createStage(3);

    void ask('BACKFILL', 5, true);
    await turn();
    expect(left.map(({ lane }) => lane)).toEqual(['BACKFILL', 'BACKFILL']);
    await Promise.all(ask('FRESH', 1));
    expect(left.at(-1)?.lane).toBe('FRESH');

    left[0]?.finish();
    await turn();
    expect(left.filter(({ lane }) => lane === 'BACKFILL')).toHaveLength(3);
  });

  it('take one call of backfill at a time where only one is allowed', async () => {
    const { ask, left } = createStage(1);

    await Promise.all(ask('BACKFILL', 3));

    expect(left).toHaveLength(3);
  });
});
