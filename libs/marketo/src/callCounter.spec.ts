import { createCallCounter } from './callCounter.ts';

const midnightMs = Date.UTC(2026, 0, 1, 6);
const [secondMs, minuteMs] = [1_000, 60_000];

function counterAt(startMs: number) {
  let nowMs = startMs;
  const counter = createCallCounter(50_000, () => nowMs);

  return { counter, pass: (durationMs: number) => void (nowMs += durationMs) };
}

describe('a day that Marketo calls spent', () => {
  it('lasts until midnight US Central', () => {
    const { counter, pass } = counterAt(midnightMs - 6 * 60 * minuteMs);

    expect(counter.spend('FRESH').details).toMatchObject({ until: '2026-01-01T06:00:00Z' });
    pass(6 * 60 * minuteMs - secondMs);
    expect(counter.refusal('FRESH')).not.toBeNull();
    pass(secondMs);
    expect(counter.refusal('FRESH')).toBeNull();
  });

  it('may be the one before, when it has just begun: it is asked again a minute later', () => {
    const { counter, pass } = counterAt(midnightMs + secondMs);

    const told = counter.spend('FRESH');

    expect(told.details).toMatchObject({ until: '2026-01-01T06:01:01Z', retryAfterMs: minuteMs });
    expect(counter.refusal('REQUEST')?.details).toMatchObject({ until: '2026-01-01T06:01:01Z' });
    expect(counter.report().used).toBe(0);
    pass(minuteMs);
    expect(counter.refusal('FRESH')).toBeNull();
  });

  it('is this one, when that is told ten minutes later', () => {
    const { counter } = counterAt(midnightMs + 10 * minuteMs);

    expect(counter.spend('FRESH').details).toMatchObject({ until: '2026-01-02T06:00:00Z' });
    expect(counter.report().used).toBe(50_000);
  });
});
