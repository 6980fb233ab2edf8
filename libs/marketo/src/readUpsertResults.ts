import { SyncError } from '@lockstep/change-events';
import type { UpsertResult } from '@lockstep/ports';
import { namedField } from './failures.ts';
import type { JsonObject } from './readValues.ts';

/** What record-level codes mean, in words of our own: Marketo's text repeats the value (marketo-rest 2.4). */
const sentences: Readonly<Record<string, string>> = {
  '1001': 'the value has another type than the field',
  '1002': 'a value is missing',
  '1003': 'the value is not valid for the field',
  '1006': 'the field does not exist or is read-only',
  '1021': 'the person belongs to a company record, which owns the field',
  '1036': 'the same key occurs twice in one call',
  '1077': 'the value is longer than the field',
};

/** Why a record with this code was skipped. */
export const sentenceOf = (code: string): string =>
  sentences[code] ?? `Marketo skips the record with code ${code}`;

/**
 * One result per record, in input order. Throws MARKETO_OUTCOME_UNKNOWN for an answer that does not tell what became of
 * every record, since some of them may have been written.
 */
export function readUpsertResults(result: unknown, recordsSent: number): readonly UpsertResult[] {
  if (!Array.isArray(result) || result.length !== recordsSent)
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'result' });

  return (result as JsonObject[]).map(readResult);
}

function readResult(record: JsonObject): UpsertResult {
  const { id, status } = record;
  switch (status) {
    case 'created':
      return { result: 'CREATED', personId: idText(id) };
    case 'updated':
      return { result: 'UPDATED', personId: idText(id) };
    case 'skipped':
      return readSkipped(record);
    default:
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'status' });
  }
}

function readSkipped({ reasons }: JsonObject): UpsertResult {
  const [reason = {}] = Array.isArray(reasons) ? (reasons as JsonObject[]) : [];
  const code = String(reason['code'] ?? 'unknown');
  if (code === '1004') return { result: 'NOT_FOUND' };
  if (code === '1007') return { result: 'AMBIGUOUS' };

  return {
    result: 'REFUSED',
    code,
    field: namedField(String(reason['message'] ?? '')),
    detail: sentenceOf(code),
  };
}

function idText(id: unknown): string {
  if (typeof id !== 'number' && typeof id !== 'string')
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'id' });

  return String(id);
}
