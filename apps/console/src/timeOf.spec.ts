import { timeOf } from './timeOf.ts';

describe('a time that is typed', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00Z'],
    ['2026-11-01T10:00Z', '2026-11-01T10:00:00Z'],
    ['2026-11-01T10:00:30.5+01:00', '2026-11-01T09:00:30.500Z'],
  ])('is a date or a time with its zone: %s', (text, time) => {
    expect(timeOf('--since', text)).toBe(time);
  });

  // `undo-all --since 5` undid every decision since 2001, and a time without a zone was another one on another machine.
  it.each([
    '5',
    '-1',
    'week-1',
    'days 7',
    '11/12/2026',
    '2026-11-30T10:00',
    '2026-02-31',
    '2026-13-01',
    '2026-11-01T25:00Z',
    '',
  ])('is refused where it may mean another one: %s', (text) => {
    expect(() => timeOf('--since', text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: { '--since': expect.stringContaining('a time with its zone') },
      }),
    );
  });
});
