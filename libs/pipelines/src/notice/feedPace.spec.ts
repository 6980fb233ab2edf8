import { createFeedPace } from './feedPace.ts';

const minuteMs = 60_000;
const limits = { minMs: 5_000, maxMs: 60_000 };

describe('the pace of a feed', () => {
  it.each([
    ['at once', 0, 5_000],
    ['after a minute', 1, 5_000],
    ['after ten minutes', 10, 10_000],
    ['after an hour', 60, 60_000],
    ['after a day', 24 * 60, 60_000],
  ])('waits in proportion to the silence: %s', (_, quietMinutes, pauseMs) => {
    expect(createFeedPace(limits, 0).pauseMs(false, quietMinutes * minuteMs)).toBe(pauseMs);
  });

  it('begins anew when something is found', () => {
    const pace = createFeedPace(limits, 0);

    expect(pace.pauseMs(true, 60 * minuteMs)).toBe(5_000);
    expect(pace.pauseMs(false, 70 * minuteMs)).toBe(10_000);
  });

  it('looks a few times soon after a hint, then as before', () => {
    const pace = createFeedPace(limits, 0);
    pace.hint();
    const pausesMs = [1, 2, 3, 4].map(() => pace.pauseMs(false, 30 * minuteMs));

    expect(pausesMs).toEqual([1_000, 2_000, 4_000, 30_000]);
  });

  it('waits no longer after a hint than without one', () => {
    const pace = createFeedPace({ minMs: 250, maxMs: 500 }, 0);
    pace.hint();

    expect(pace.pauseMs(true, 0)).toBe(250);
  });
});
