/** ISO text without a fraction when that is zero: the form both APIs use. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** Milliseconds since 1970 of ISO text; NaN when it is none. */
export function timeMs(text: string): number {
  return Date.parse(text);
}
