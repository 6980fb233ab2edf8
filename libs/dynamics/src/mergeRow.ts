import type { DynamicsMerge, DynamicsMergeResult, DynamicsWriter } from '@lockstep/ports';
import type { DynamicsContext } from './dynamicsContext.ts';
import { failure, faultOf, isRowMissing } from './failures.ts';
import { readRefusal } from './readRefusal.ts';
import { writeMeaning } from './writeMeaning.ts';

/** The row is read just before, since no merge is conditional. Never repeated here. */
export async function mergeRow(
  context: DynamicsContext,
  read: DynamicsWriter['read'],
  merge: DynamicsMerge,
): Promise<DynamicsMergeResult> {
  const row = await read(merge.table, merge.id);
  if (row === null) return { result: 'MISSING' };

  return row.version === merge.version ? send(context, merge) : { result: 'STALE' };
}

/** The action Merge, whose target carries on and whose subordinate is closed (dataverse facts 3.8). */
async function send(
  context: DynamicsContext,
  { table, id, into }: DynamicsMerge,
): Promise<DynamicsMergeResult> {
  const { primaryKey } = context.tableOf(table);
  const named = (rowId: string) => ({
    '@odata.type': `Microsoft.Dynamics.CRM.${table}`,
    [primaryKey]: rowId,
  });
  const answer = await context.client.send({
    ...{ operation: 'mergeRow', lane: 'LIVE', table, method: 'POST', url: context.urlOf('Merge') },
    body: JSON.stringify({ Target: named(into), Subordinate: named(id), PerformParentingChecks: false }),
  });
  if (answer.status === 204) return { result: 'MERGED' };
  const fault = faultOf(answer);
  const meaning = isRowMissing(fault) ? null : writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, table);

  return readRefusal(fault, []);
}
