import { apiError } from '../apiError.ts';
import { applicationOrigin } from '../applicationOrigin.ts';
import type { Instance } from '../instance.ts';
import { addMember, listOfId } from '../lists/staticLists.ts';
import { syncNow } from '../syncLeads.ts';
import { runLater } from '../waitingTasks.ts';
import type { ImportBatch, Imports } from './importBatch.ts';

const runningMax = 2;
const queuedMax = 10;
const batchesMax = 1000;
const batchMs = 7 * 86_400_000;
const firstBatchId = 1001;

/** Takes a file in. Throws 1016 when ten wait or run, 1019 when another one goes into the same list. */
export function addImport(
  instance: Instance,
  batch: Omit<ImportBatch, 'batchId' | 'createdAt' | 'status' | 'processed' | 'failures'>,
): ImportBatch {
  const { imports } = instance;
  const open = withStatus(imports, 'Queued', 'Importing');
  if (open.length >= queuedMax) {
    throw apiError(
      '1016',
      `There are ${queuedMax} imports currently being processed. Please try again later`,
    );
  }
  if (batch.listId !== undefined && open.some(({ listId }) => listId === batch.listId)) {
    throw apiError('1019', 'Import in progress');
  }
  const batchId = Math.max(firstBatchId - 1, ...imports.keys()) + 1;
  const state = { createdAt: instance.now(), status: 'Queued', processed: 0, failures: [] } as const;
  const fresh: ImportBatch = { ...batch, ...state, batchId };
  imports.set(batchId, fresh);
  dropOld(imports, instance.now());
  return fresh;
}

/** The batch of an id; throws 1013 for an unknown one, and after seven days (the code is inferred). */
export function batchOf({ imports, now }: Instance, batchId: number): ImportBatch {
  const batch = imports.get(batchId);
  if (batch === undefined || now() - batch.createdAt >= batchMs)
    throw apiError('1013', `Batch '${batchId}' not found`);
  return batch;
}

/** Begins the batches for which there is room, first come, first served. */
export function startImports(instance: Instance): void {
  const [next] = withStatus(instance.imports, 'Queued');
  if (next === undefined || withStatus(instance.imports, 'Importing').length >= runningMax) return;
  next.status = 'Importing';
  runLater(instance, instance.settings.importMs, () => Promise.resolve(finish(instance, next)));
  startImports(instance);
}

function finish(instance: Instance, batch: ImportBatch): void {
  batch.failures = batch.rows.flatMap((row) => {
    const reason = importRow(instance, batch, row);
    return reason === undefined ? [] : [[...row, reason]];
  });
  batch.processed = batch.rows.length - batch.failures.length;
  batch.status = batch.rows.length === 0 ? 'Failed' : 'Complete';
  batch.rows = [];
  startImports(instance);
}

/** Why a row did not make or change a person, if so. */
function importRow(instance: Instance, batch: ImportBatch, row: readonly string[]): string | undefined {
  const { header, lookupField, partitionName, user } = batch;
  if (row.length !== header.length) return 'The number of values is not that of the header';
  const action = lookupField === 'id' ? 'updateOnly' : 'createOrUpdate';
  const request = { action, lookupField, partitionName, input: [recordOf(header, row)] };
  const [result] = syncNow(instance, request, user, applicationOrigin(batch, 'List import'));
  if (result?.status === 'skipped') return result.reasons[0]?.message ?? '';
  if (result !== undefined) enlist(instance, batch, result.id);
  return undefined;
}

// An empty value leaves the field alone, the word null clears it (inferred).
function recordOf(header: readonly string[], row: readonly string[]): object {
  const values = header.map((name, index) => [name, row[index] ?? ''] as const);
  const given = values.filter(([, value]) => value !== '');
  return Object.fromEntries(given.map(([name, value]) => [name, value === 'null' ? null : value]));
}

function enlist(instance: Instance, { listId }: ImportBatch, personId: number): void {
  if (listId !== undefined) addMember(instance, listOfId(instance, listId), personId);
}

function withStatus(imports: Imports, ...states: ImportBatch['status'][]): ImportBatch[] {
  return [...imports.values()].filter(({ status }) => states.includes(status));
}

function dropOld(imports: Imports, now: number): void {
  const surplus = imports.size - batchesMax;
  [...imports.values()].forEach(({ batchId, createdAt }, index) => {
    if (index < surplus || now - createdAt >= batchMs) imports.delete(batchId);
  });
}
