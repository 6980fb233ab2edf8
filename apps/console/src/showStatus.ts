import { topics, type Checkpoint } from '@lockstep/change-events';
import { createEventLog } from '@lockstep/kafka';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadMessageConfig } from './config.ts';
import { openTopics } from './openTopics.ts';
import { requestsSource, requestStatus, type RequestStatus } from './requestStatus.ts';
import { tableStatus, type TableStatus } from './tableStatus.ts';

export type Status = { readonly tables: readonly TableStatus[]; readonly requests: readonly RequestStatus[] };

/** Every source that has saved a place, and the requests of the day; read from `lockstep.checkpoints` alone. */
export async function readStatus(env: Environment, nowMs: number): Promise<Status> {
  const log = createEventLog(openTopics(loadMessageConfig(env)));
  const checkpoints = [...(await log.readLatest(topics.checkpoints)).values()] as Checkpoint[];
  const tables = checkpoints
    .filter(({ source }) => source !== requestsSource)
    .map((checkpoint) => tableStatus(checkpoint, nowMs))
    .sort((a, b) => a.target.localeCompare(b.target));

  return { tables, requests: checkpoints.flatMap((checkpoint) => requestStatus(checkpoint, nowMs) ?? []) };
}

/** Prints the state of every source as a table, or as JSON for machines. */
export async function showStatus(
  env: Environment,
  { json, nowMs }: { readonly json: boolean; readonly nowMs: number },
  print: (line: string) => void,
): Promise<void> {
  const { tables, requests } = await readStatus(env, nowMs);
  if (json) return print(JSON.stringify({ tables, requests }, null, 2));
  print(tables.length === 0 ? 'Nothing has been read yet.' : statusTable(tables));
  for (const { group, used, budget } of requests)
    print(
      `Requests to Dataverse today, table group ${group}: ${used}${budget === null ? '' : ` of ${budget}`}`,
    );
}

export function statusTable(statuses: readonly TableStatus[]): string {
  const head = ['source', 'phase', 'rows', 'rows/s', 'time left', 'saved', 'epoch', 'remarks'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const status of statuses) {
    table.push([
      status.target,
      status.pausedAt === null ? status.phase : `${status.phase}, paused`,
      rowsOf(status),
      status.rowsPerSecond === null ? '' : Math.round(status.rowsPerSecond),
      status.secondsLeft === null ? '' : duration(status.secondsLeft),
      `${duration(status.secondsSinceSaved)} ago`,
      status.versionEpoch,
      remarksOf(status).join('\n'),
    ]);
  }
  return table.toString();
}

function rowsOf({ rowsDone, rowsTotal }: TableStatus): string {
  return rowsTotal === null ? String(rowsDone) : `${rowsDone} of ${rowsTotal}`;
}

function remarksOf({ pausedAt, deletesHeld, stoppedColumns, target }: TableStatus): string[] {
  return [
    ...(pausedAt === null ? [] : [`paused since ${pausedAt}`]),
    ...(deletesHeld === null ? [] : [`${deletesHeld} deletes held: lockstep confirm ${target}`]),
    ...(stoppedColumns.length === 0 ? [] : [`not published: ${stoppedColumns.join(', ')}`]),
  ];
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;

  return `${(seconds / 3_600).toFixed(1)} h`;
}
