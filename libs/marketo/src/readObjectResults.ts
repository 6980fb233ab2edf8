import { SyncError } from '@lockstep/change-events';
import type { ObjectResult } from '@lockstep/ports';
import { namedField } from './failures.ts';
import { sentenceOf } from './readUpsertResults.ts';
import type { JsonObject } from './readValues.ts';

export type ObjectWrite = 'upsert' | 'delete';

/** What a skipped record says of a record it names: a company or salesperson (718), a person (1004), an opportunity (1013). */
const parentCodes = new Set(['718', '1004', '1013']);

/**
 * One result per record, in input order. Throws MARKETO_OUTCOME_UNKNOWN for an answer that does not tell what became of
 * every record, since some of them may have been written.
 */
export function readObjectResults(
  result: unknown,
  recordsSent: number,
  write: ObjectWrite,
): readonly ObjectResult[] {
  if (!Array.isArray(result) || result.length !== recordsSent)
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'result' });

  return (result as JsonObject[]).map((record) => readResult(record, write));
}

function readResult(record: JsonObject, write: ObjectWrite): ObjectResult {
  switch (record['status']) {
    case 'created':
      return { result: 'CREATED', id: idText(record) };
    case 'updated':
      return { result: 'UPDATED', id: idText(record) };
    case 'deleted':
      return { result: 'DELETED', id: idText(record) };
    case 'skipped':
      return readSkipped(record, write);
    default:
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'status' });
  }
}

function readSkipped({ reasons }: JsonObject, write: ObjectWrite): ObjectResult {
  const [reason = {}] = Array.isArray(reasons) ? (reasons as JsonObject[]) : [];
  const code = String(reason['code'] ?? 'unknown');
  if (code === '1022') return { result: 'IN_USE' };
  if (parentCodes.has(code))
    return write === 'delete' ? { result: 'NOT_FOUND' } : { result: 'PARENT_MISSING', marketoCode: code };

  return {
    result: 'REFUSED',
    code,
    field: namedField(String(reason['message'] ?? '')),
    detail: sentenceOf(code),
  };
}

function idText(record: JsonObject): string {
  const id = record['marketoGUID'] ?? record['id'];
  if (typeof id !== 'number' && typeof id !== 'string')
    throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'id' });

  return String(id);
}
