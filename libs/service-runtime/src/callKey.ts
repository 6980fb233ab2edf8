import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallHead } from './serviceRoute.ts';

/**
 * Tells whether a call names the key, as the query value `code` (Dataverse's webhook key) or in the header `x-lockstep-key` or
 * `x-api-key` (Marketo's flow steps). Compared in constant time.
 */
export function createKeyCheck(key: string): (head: CallHead) => boolean {
  const wanted = digest(key);

  return (head) => timingSafeEqual(digest(keyOf(head)), wanted);
}

/** Equal lengths whatever comes, as the comparison in constant time wants them. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const keyOf = ({ query, headers }: CallHead): string =>
  query['code'] ?? headers['x-lockstep-key'] ?? headers['x-api-key'] ?? '';
