import { isSyncError, SyncError, type ScalarValues } from '@lockstep/change-events';
import { marketoBatchMax, type UpsertRequest, type UpsertResult } from '@lockstep/ports';
import type { MarketoClient } from './marketoClient.ts';
import { readUpsertResults } from './readUpsertResults.ts';

/** Below the 1 MB that Marketo takes (marketo-rest 6), with room for the frame around the records. */
const bodyBytesMax = 900_000;

/**
 * Writes the records, in as few calls as their size allows. When a later call fails for whatever reason, the earlier ones
 * have happened, so the outcome of the whole is MARKETO_OUTCOME_UNKNOWN.
 */
export async function upsertPersons(
  client: MarketoClient,
  request: UpsertRequest,
): Promise<readonly UpsertResult[]> {
  const { action, lookupField, input } = request;
  if (input.length > marketoBatchMax)
    throw new SyncError('INTERNAL', { reason: 'batch too large', size: input.length });
  const results: UpsertResult[] = [];
  for (const part of partsBySize(input.map((record) => numericId(record, lookupField)))) {
    try {
      const envelope = await client.call({
        kind: 'write',
        path: 'leads.json',
        body: { action, lookupField, input: part },
      });
      results.push(...readUpsertResults(envelope.result, part.length));
    } catch (cause) {
      if (results.length === 0 || isSyncError(cause, 'MARKETO_OUTCOME_UNKNOWN')) throw cause;
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { reason: 'a later part failed' }, { cause });
    }
  }

  return results;
}

/** Ids are numbers in Marketo and strings everywhere else. */
function numericId(record: ScalarValues, lookupField: string): ScalarValues {
  const id = record['id'];

  return lookupField === 'id' && typeof id === 'string' && /^\d+$/.test(id)
    ? { ...record, id: Number(id) }
    : record;
}

function partsBySize(records: readonly ScalarValues[]): readonly (readonly ScalarValues[])[] {
  const parts: ScalarValues[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes + size > bodyBytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(record);
    bytes += size;
  }

  return parts;
}
