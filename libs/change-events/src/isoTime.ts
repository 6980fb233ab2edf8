const dayMs = 24 * 60 * 60 * 1000;
const zero = '0'.charCodeAt(0);

/** ISO text without a fraction when that is zero: the form both APIs use. Throws RangeError on NaN. */
export function isoTime(time: number): string {
  if (time % 1_000 === 0 && time >= 0 && time < plainEndMs) return plainTimeText(time);
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** Whole seconds from 1970 to 2999 are written without `Date`. */
const plainEndMs = Date.parse('3000-01-01T00:00:00Z');

/** From the March of year 0. */
const daysTo1970 = 719_468;

const numerals = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

function plainTimeText(time: number): string {
  const seconds = (time % dayMs) / 1_000;
  const hours = numerals[Math.floor(seconds / 3_600)];
  const minutes = numerals[Math.floor(seconds / 60) % 60];
  return `${dateText(Math.floor(time / dayMs))}T${hours}:${minutes}:${numerals[seconds % 60]}Z`;
}

/** Days of four hundred years, of a hundred without a leap day at their end, and of four with one. */
const [eraDays, centuryDays, fourYearDays] = [146_097, 36_524, 1_461];

/** The inverse of `daysSince1970`. */
function dateText(days: number): string {
  const sinceYear0 = days + daysTo1970;
  const era = Math.floor(sinceYear0 / eraDays);
  const inEra = sinceYear0 % eraDays;
  const leaps = Math.floor(inEra / (fourYearDays - 1)) - Math.floor(inEra / centuryDays);
  const marchYear = Math.floor((inEra - leaps - Math.floor(inEra / (eraDays - 1))) / 365);
  const inYear = inEra - marchYear * 365 - Math.floor(marchYear / 4) + Math.floor(marchYear / 100);
  const marchMonth = Math.floor((inYear * 5 + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = inYear - Math.floor((marchMonth * 153 + 2) / 5) + 1;
  return `${era * 400 + marchYear + (month > 2 ? 0 : 1)}-${numerals[month]}-${numerals[day]}`;
}

/** Milliseconds since 1970 of ISO text; NaN when it is none. `2026-11-21T10:00:00Z` is read without `Date`. */
export function timeMs(text: string): number {
  return isPlainTime(text) ? plainTimeMs(text) : Date.parse(text);
}

/** True for what `isoTime` writes of a whole second. */
export const isPlainTime = (text: string): boolean => text.length === 20 && plainTime.test(text);

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
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day - 1 - daysTo1970;
}
