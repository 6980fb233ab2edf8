import { createGovernorWindow } from './governorWindow.ts';

describe('a sliding window of requests', () => {
  const limits = { requestsMax: 10, executionMsMax: 1000, windowMs: 60_000 };

  it('never counts fewer requests than really left within its length', () => {
    const window = createGovernorWindow(limits);
    const leftMs: number[] = [];
    for (let nowMs = 0; nowMs < 300_000; nowMs += 137) {
      if (window.waitMs(nowMs) > 0) continue;
      window.began(nowMs);
      leftMs.push(nowMs);
    }
    const within = leftMs.map((to) => leftMs.filter((ms) => ms > to - 60_000 && ms <= to).length);

    expect(Math.max(...within)).toBe(10);
    expect(leftMs.length).toBeGreaterThanOrEqual(45);
  });

  it('says how long to wait until the oldest request leaves it', () => {
    const window = createGovernorWindow(limits);
    for (let request = 0; request < 10; request += 1) window.began(500);

    expect(window.waitMs(700)).toBe(60_300);
    expect(window.waitMs(61_000)).toBe(0);
  });

  it('is full when answers have taken the time it allows', () => {
    const window = createGovernorWindow(limits);
    window.took(0, 999);
    const before = window.waitMs(1);
    window.took(1, 1);

    expect(before).toBe(0);
    expect(window.waitMs(2)).toBeGreaterThan(0);
  });
});
