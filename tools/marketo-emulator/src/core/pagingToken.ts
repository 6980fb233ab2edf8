import { apiError } from './apiError.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Where a reader of the activity log stands: rows at or after `since`, with ids above `afterId`. */
export interface ActivityPosition {
  readonly since: number;
  readonly afterId: number;
}

/** Base32 of "datetime,id" with padding, as older instances issue it (facts 3.2). */
export function encodePosition(position: ActivityPosition): string {
  return encodeBase32(`${new Date(position.since).toISOString()},${position.afterId}`);
}

/** Reads a token back; throws 1003 when it is not one of ours (inferred). */
export function decodePosition(token: string): ActivityPosition {
  const [datetime, id] = decodeBase32(token).split(',');
  const position = { since: Date.parse(datetime ?? ''), afterId: Number(id) };
  if (Number.isNaN(position.since) || !Number.isInteger(position.afterId)) {
    throw apiError('1003', 'Invalid paging token');
  }
  return position;
}

/** Base32 (RFC 4648) of a text. */
export function encodeBase32(text: string): string {
  const bits = [...Buffer.from(text, 'utf8')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{1,5}/g) ?? []).map((group) =>
    alphabet.charAt(Number.parseInt(group.padEnd(5, '0'), 2)),
  );
  return letters.join('').padEnd(Math.ceil(letters.length / 8) * 8, '=');
}

/** Text of a Base32 string; letters outside the alphabet are ignored. */
export function decodeBase32(encoded: string): string {
  const bits = [...encoded.replace(/=+$/, '')]
    .map((letter) => alphabet.indexOf(letter))
    .filter((index) => index >= 0)
    .map((index) => index.toString(2).padStart(5, '0'))
    .join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((group) => Number.parseInt(group, 2));
  return Buffer.from(bytes).toString('utf8');
}
