import { SyncError } from '@lockstep/change-events';
import type { UpsertResult } from '@lockstep/ports';
import { namedField } from './failures.ts';
import type { JsonObject } from './readValues.ts';

/** What record-level codes mean, in words of our own: Marketo's text repeats the value (marketo-rest 2.4). */
const sentences: Readonly<Record<string, string>> = {
  '718': 'a company or salesperson that it names is not there',
  '1001': 'the value has another type than the field',
  '1002': 'a value is missing',
  '1003': 'the value is not valid for the field',
  '1006': 'the field does not exist or is read-only',
  '1013': 'a company or salesperson that it names is not there',
  '1021': 'the person belongs to a company record, which owns the field',
  '1036': 'the same key occurs twice in one call',
  '1077': 'the value is longer than the field',
};

/** One result per record, in input order. Throws as `recordsOf` does. */
export function readUpsertResults(result: unknown, recordsSent: number): readonly UpsertResult[] {
  return recordsOf(result, recordsSent).map(readResult);
}

/**
 * What a write answered of each record, in input order. Throws MARKETO_OUTCOME_UNKNOWN for an answer that does not tell what
 * became of every record, since some of them may have been written.
 */
export function recordsOf(result: unknown, recordsSent: number): readonly JsonObject[] {
  if (!Array.isArray(result) || result.length !== recordsSent)
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'result' });

  return result as JsonObject[];
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

function readSkipped(record: JsonObject): UpsertResult {
  const refusal = refusalOf(record);
  if (refusal.code === '1004') return { result: 'NOT_FOUND' };
  if (refusal.code === '1007') return { result: 'AMBIGUOUS' };

  return refusal;
}

export type Refusal = Extract<UpsertResult, { readonly result: 'REFUSED' }>;

/** The first reason for which a record was skipped. */
export function refusalOf({ reasons }: JsonObject): Refusal {
  const [reason = {}] = Array.isArray(reasons) ? (reasons as JsonObject[]) : [];
  const code = String(reason['code'] ?? 'unknown');

  return {
    result: 'REFUSED',
    code,
    field: namedField(String(reason['message'] ?? '')),
    detail: sentences[code] ?? `Marketo skips the record with code ${code}`,
  };
}

/** The id of a record that was written. Throws MARKETO_OUTCOME_UNKNOWN when there is none. */
export function idText(id: unknown): string {
  if (typeof id !== 'number' && typeof id !== 'string')
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'id' });

  return String(id);
}
