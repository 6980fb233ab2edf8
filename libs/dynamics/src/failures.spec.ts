import { retryAfterOf } from './failures.ts';

const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
const hourMs = 3_600_000;

/** A gateway names a moment; a wait beyond 24 days overflows the timer, which then fires every millisecond. */
describe('how long an answer asks to wait', () => {
  it.each<[string, string | undefined, number | null]>([
    ['seconds', '17', 17_000],
    ['a part of a second', '0.25', 250],
    ['a moment by the clock of the answer', 'Mon, 23 Nov 2026 10:00:30 GMT', 30_000],
    ['a moment that is over', 'Mon, 23 Nov 2026 09:00:00 GMT', 0],
    ['longer than any limit looks back', '9999999999', hourMs],
    ['nothing', undefined, null],
    ['an empty text', '', null],
    ['less than nothing', '-5', null],
    ['a word', 'soon', null],
  ])('is read from %s', (_, text, expected) => {
    expect(retryAfterOf({ headers: { date, 'retry-after': text } })).toBe(expected);
  });

  it('is not told by a moment without the clock of the answer', () => {
    expect(retryAfterOf({ headers: { 'retry-after': date } })).toBeNull();
  });
});
