import { createHash } from 'node:crypto';
import { topics, type ErrorCode } from '@lockstep/change-events';
import type { OutgoingMessage, RefusedRow } from '@lockstep/ports';
import { rowDeadLetter } from '../deadLetters.ts';
import type { RecentRows } from './recentRows.ts';

const source = { topic: topics.marketingChanges('lead'), table: 'person' };
/** As much of a row is kept as of one that does not fit a message. */
const bytesMax = 256 * 1024;

/** By which a row is known once it was set aside; a malformed one may lack whatever else names it. */
export const refusedKey = ({ bytes }: RefusedRow): string =>
  `refused/${createHash('sha256').update(bytes).digest('base64')}`;

/** Rows that this session has not set aside yet, each once. */
export function newlyRefused(recent: RecentRows, refused: readonly RefusedRow[]): readonly RefusedRow[] {
  const byKey = new Map(refused.map((row) => [refusedKey(row), row]));

  return [...byKey].flatMap(([key, row]) => (recent.has(key) ? [] : [row]));
}

/** Whom they name is read all the same: only what a row says besides is lost. */
export const personsNamed = (refused: readonly RefusedRow[]): readonly string[] =>
  refused.flatMap(({ id }) => id ?? []);

export const refusedLetters = (refused: readonly RefusedRow[], nowMs: number): OutgoingMessage[] =>
  refused.map((row) => rowDeadLetter(source, { ...row, bytes: row.bytes.subarray(0, bytesMax) }, nowMs));

/** Values of a person that are none of their fields; the person is told without them. */
export function unreadableLetters(id: string, fields: readonly string[], nowMs: number): OutgoingMessage[] {
  const code: ErrorCode = 'VALUE_NOT_REPRESENTABLE';

  return fields.map((field) => rowDeadLetter(source, { id, field, code, bytes: null }, nowMs));
}
