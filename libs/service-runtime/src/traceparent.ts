/** A number from 0 (inclusive) to 1 (exclusive), like Math.random. */
export type Random = () => number;

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A W3C traceparent header of a new, sampled trace. */
export function newTraceparent(random: Random): string {
  return `00-${newId(random, 4)}-${newId(random, 2)}-01`;
}

/** A span of the same trace with the same flags; a new trace when the parent is missing or malformed. */
export function childTraceparent(traceparent: string | null | undefined, random: Random): string {
  const [, traceId, flags] = pattern.exec(traceparent ?? '') ?? [];

  return traceId === undefined ? newTraceparent(random) : `00-${traceId}-${newId(random, 2)}-${flags}`;
}

function newId(random: Random, words: number): string {
  const id = Array.from({ length: words }, () => hexWord(random)).join('');

  // An id of zeros only is invalid by the standard.
  return /^0+$/.test(id) ? id.replace(/0$/, '1') : id;
}

function hexWord(random: Random): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
