import { systemClock } from '@lockstep/service-runtime';
import { virtualClock } from '@lockstep/ports';
import { createAlarm } from './alarm.ts';

const never = new AbortController().signal;
const longMs = 60_000;

describe('createAlarm', () => {
  it('ends the pause at once when it is rung', async () => {
    const alarm = createAlarm(systemClock);
    const startedAtMs = performance.now();
    const pause = alarm.sleep(longMs, never);
    alarm.ring();
    await pause;

    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('cuts the next pause short when it was rung while nobody slept', async () => {
    const alarm = createAlarm(systemClock);
    alarm.ring();
    const startedAtMs = performance.now();
    await alarm.sleep(longMs, never);

    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('makes one early end of any number of rings', async () => {
    const clock = virtualClock(0);
    const alarm = createAlarm(clock);
    const rings = Array.from({ length: 1_000 }, () => alarm.ring());
    await alarm.sleep(longMs, never);
    const wokenAtMs = clock.monotonic();
    await alarm.sleep(longMs, never);

    expect(rings.filter((isNew) => isNew)).toHaveLength(1);
    expect(clock.monotonic() - wokenAtMs).toBe(longMs);
  });

  it('leaves at least the gap between two early ends', async () => {
    const clock = virtualClock(0);
    const alarm = createAlarm(clock, 50);
    alarm.ring();
    await alarm.sleep(longMs, never);
    const wokenAtMs = clock.monotonic();
    alarm.ring();
    await alarm.sleep(longMs, never);

    expect(clock.monotonic() - wokenAtMs).toBe(50);
  });

  it('never makes a pause longer than it was', async () => {
    const clock = virtualClock(0);
    const alarm = createAlarm(clock, 50);
    alarm.ring();
    await alarm.sleep(longMs, never);
    const wokenAtMs = clock.monotonic();
    alarm.ring();
    await alarm.sleep(20, never);

    expect(clock.monotonic() - wokenAtMs).toBe(20);
  });

  it('ends with the signal, and keeps the ring for later', async () => {
    const clock = virtualClock(0);
    const alarm = createAlarm(clock, 50);
    alarm.ring();
    await alarm.sleep(longMs, AbortSignal.abort());

    expect(alarm.ring()).toBe(false);
  });
});
