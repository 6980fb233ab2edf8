import { isoTime, timeMs } from './isoTime.ts';

describe('times', () => {
  it('are written as Date writes them, at moments spread over the years 1000 to 3100', () => {
    const end = Date.parse('3100-01-01T00:00:00Z');
    const wrong = [];
    for (let time = Date.parse('1000-01-01T00:00:00Z'); time < end; time += 10_000_019_000)
      if (isoTime(time) !== new Date(time).toISOString().replace('.000', '')) wrong.push(time);

    expect(wrong).toEqual([]);
    expect(isoTime(Date.parse('2026-11-28T10:00:00.5Z'))).toBe('2026-11-28T10:00:00.500Z');
    expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  });

  it('are written as Date writes them on every day of four hundred years', () => {
    const wrong = [];
    for (let day = 0; day < 146_097; day += 1)
      if (!isoTime(day * 86_400_000).startsWith(new Date(day * 86_400_000).toISOString().slice(0, 10)))
        wrong.push(day);

    expect(wrong).toEqual([]);
  });

  it('are read as Date reads them, at moments spread over the years 1000 to 2999', () => {
    const first = Date.parse('1000-01-01T00:00:00Z');
    const end = Date.parse('3000-01-01T00:00:00Z');
    // A step that meets every month, day, hour, minute and second.
    const stepMs = 10_000_019_000;
    const wrong = [];
    for (let time = first; time < end; time += stepMs)
      if (timeMs(isoTime(time)) !== time) wrong.push(isoTime(time));

    expect(wrong).toEqual([]);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2024-02-29T23:59:59Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00.5Z',
    '2026-01-01T02:00:00+02:00',
    'yesterday, about noon',
  ])('are read as Date reads them when they are less plain: %s', (text) => {
    expect(timeMs(text)).toBe(Date.parse(text));
  });
});
