import { centralDay, centralDayEndMs } from './centralDay.ts';

const at = (time: string): number => Date.parse(time);

describe('the day in US Central time', () => {
  it.each([
    ['in winter', '2026-01-10T05:59:59Z', '2026-01-09', '2026-01-10T06:00:00Z'],
    ['in summer', '2026-07-10T05:00:00Z', '2026-07-10', '2026-07-11T05:00:00Z'],
    ['of 23 hours', '2026-03-08T12:00:00Z', '2026-03-08', '2026-03-09T05:00:00Z'],
    ['of 25 hours', '2026-11-01T05:00:00Z', '2026-11-01', '2026-11-02T06:00:00Z'],
  ])('ends at its midnight %s', (_when, now, day, end) => {
    expect(centralDay(at(now))).toBe(day);
    expect(centralDayEndMs(at(now))).toBe(at(end));
  });
});
