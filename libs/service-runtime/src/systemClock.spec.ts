import { systemClock } from './systemClock.ts';

describe('systemClock', () => {
  it('sleeps for the time given, by a clock that only moves forward', async () => {
    const startMs = systemClock.monotonic();
    await systemClock.sleep(30, new AbortController().signal);

    expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(25);
    expect(systemClock.now()).toBeGreaterThan(1.7e12);
  });

  it('wakes when the signal aborts, also before the sleep, and does not reject', async () => {
    const stop = new AbortController();
    const startMs = systemClock.monotonic();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await sleeping;
    await systemClock.sleep(60_000, stop.signal);

    expect(systemClock.monotonic() - startMs).toBeLessThan(5_000);
  });

  it('sleeps long when the time is longer than a timer can hold', async () => {
    const stop = new AbortController();
    let isAwake = false;
    const sleeping = systemClock.sleep(2 ** 40, stop.signal).then(() => (isAwake = true));
    await systemClock.sleep(20, stop.signal);

    expect(isAwake).toBe(false);
    stop.abort();
    await sleeping;
  });
});
