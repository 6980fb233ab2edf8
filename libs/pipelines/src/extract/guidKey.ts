import { SyncError } from '@lockstep/change-events';

/** The 16 bytes of a GUID as four words. */
export type Key = readonly [number, number, number, number];

const dashes: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const dash = 45;

/** Any other key would be mistaken for a row that is gone. Written for speed: a resync parses every id three times. */
export function parseKey(id: string): Key {
  if (id.length !== 36) throw notGuid();

  // Where the digits of each word begin and end.
  return [parseWord(id, 0, 8), parseWord(id, 9, 18), parseWord(id, 19, 28), parseWord(id, 28, 36)];
}

function parseWord(id: string, start: number, end: number): number {
  let word = 0;
  for (let at = start; at < end; at += 1) {
    const code = id.charCodeAt(at);
    if (!dashes.has(at)) word = ((word << 4) | digitOf(code)) >>> 0;
    else if (code !== dash) throw notGuid();
  }

  return word;
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  throw notGuid();
}

const notGuid = (): SyncError => new SyncError('DYNAMICS_ANSWER_INVALID', { reason: 'a key is not a GUID' });

export function printKey(key: Key): string {
  const hex = key.map((word) => word.toString(16).padStart(8, '0')).join('');

  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function hashOf(key: Key): number {
  let hash = 0x9e3779b9;
  for (const word of key) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);

  return (hash ^ (hash >>> 16)) >>> 0;
}
