/** ISO text without a fraction when that is zero: the form both APIs use. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

const dayMs = 24 * 60 * 60 * 1000;
const zero = '0'.charCodeAt(0);

/** Milliseconds since 1970 of ISO text; NaN when it is none. `2026-11-21T10:00:00Z` is read without `Date`. */
export function timeMs(text: string): number {
  return isPlain(text) ? plainTimeMs(text) : Date.parse(text);
}

const isPlain = (text: string): boolean => text.length === 20 && plainTime.test(text);

/** Days to 28, which every month has: the others are left to `Date`. */
const plainTime = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero;

function plainTimeMs(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const days = daysSince1970(year, twoDigits(text, 5), twoDigits(text, 8));
  const seconds = (twoDigits(text, 11) * 60 + twoDigits(text, 14)) * 60 + twoDigits(text, 17);
  return days * dayMs + seconds * 1_000;
}

/** Counted in years that begin in March, so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day - 1 - 719_468;
}
