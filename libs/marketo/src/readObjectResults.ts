import { SyncError } from '@lockstep/change-events';
import type { ObjectResult } from '@lockstep/ports';
import { idText, recordsOf, refusalOf } from './readUpsertResults.ts';
import type { JsonObject } from './readValues.ts';

export type ObjectWrite = 'upsert' | 'delete';

/** What a skipped record says of a record it names: a company or salesperson (718), a person (1004), an opportunity (1013). */
const parentCodes = new Set(['718', '1004', '1013']);

/**
 * One result per record, in input order. Throws MARKETO_OUTCOME_UNKNOWN as `recordsOf` does, and MARKETO_NATIVE_SYNC when
 * Marketo's own sync has skipped them: at which level it says so is not known (marketo-rest 10).
 */
export function readObjectResults(
  result: unknown,
  recordsSent: number,
  write: ObjectWrite,
): readonly ObjectResult[] {
  return recordsOf(result, recordsSent).map((record) => readResult(record, write));
}

function readResult(record: JsonObject, write: ObjectWrite): ObjectResult {
  switch (record['status']) {
    case 'created':
      return { result: 'CREATED', id: objectId(record) };
    case 'updated':
      return { result: 'UPDATED', id: objectId(record) };
    case 'deleted':
      return { result: 'DELETED', id: objectId(record) };
    case 'skipped':
      return readSkipped(record, write);
    default:
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { part: 'status' });
  }
}

function readSkipped(record: JsonObject, write: ObjectWrite): ObjectResult {
  const refusal = refusalOf(record);
  const { code } = refusal;
  if (code === '1018') throw new SyncError('MARKETO_NATIVE_SYNC', { marketoCode: code });
  if (code === '1022') return { result: 'IN_USE' };
  if (!parentCodes.has(code)) return refusal;

  return write === 'delete' ? { result: 'NOT_FOUND' } : { result: 'PARENT_MISSING', marketoCode: code };
}

const objectId = (record: JsonObject): string => idText(record['marketoGUID'] ?? record['id']);
