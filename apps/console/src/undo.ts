import { SyncError, type Scalar } from '@lockstep/change-events';
import type { ConflictView, ExplainedRecord, UndoResult } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { findByApi } from './explainRecord.ts';
import { openClient } from './operatorClient.ts';

/** `wanted` is a row, as `system/table/id`, or a golden id; without a decision or a field, what can be undone is listed. */
export type UndoOptions = {
  readonly wanted: string;
  readonly decision?: string;
  readonly field?: string;
  readonly actor?: string;
};

type Print = (line: string) => void;

/** Gives a field the value that lost (G-05), or prints what can be undone of a record. */
export async function undo(env: Environment, options: UndoOptions, print: Print): Promise<void> {
  const { wanted, actor = actorHere(), decision, field } = options;
  const client = openClient(loadApiConfig(env));
  const [record, ...others] = await findByApi(client, wanted);
  if (!record) throw new SyncError('RECORD_UNKNOWN', { detail: wanted });
  if (others.length > 0)
    throw new SyncError('API_REQUEST_INVALID', { detail: `${wanted} is of several records; name a row` });
  if (decision === undefined && field === undefined) return list(record, print);
  const path = `/v1/records/${encodeURIComponent(record.goldenId)}/undo`;
  const { field: undone, value, instead } = await client.post<UndoResult>(path, { decision, field, actor });
  print(`${undone} gets ${show(value)} in place of ${show(instead)}, on both sides.`);
}

function list({ goldenId, conflicts, pastConflicts }: ExplainedRecord, print: Print): void {
  const possible = [...pastConflicts, ...conflicts].filter(({ undo: may }) => may === 'possible');
  print(`${possible.length} of ${conflicts.length + pastConflicts.length} decisions can be undone:`);
  for (const conflict of possible) print(`  ${lineOf(goldenId, conflict)}`);
}

const lineOf = (goldenId: string, { at, field, winnerValue, loserValue, decision }: ConflictView): string =>
  `${at} ${field}: ${show(loserValue)} in place of ${show(winnerValue)}: lockstep undo ${goldenId} --decision ${decision ?? ''}`;

const show = (value: Scalar): string => (value === null ? '(empty)' : String(value));
