import { createEventLog } from '@lockstep/kafka';
import {
  readSourceStatus,
  type OutcomeWindows,
  type SourceStatus,
  type TableStatus,
} from '@lockstep/pipelines';
import type { WaitingWriteCount } from '@lockstep/ports';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadApiConfig, loadMessageConfig } from './config.ts';
import { errorTableText, type ErrorGroup } from './showErrors.ts';
import { openClient } from './operatorClient.ts';
import { openTopics } from './openTopics.ts';

/** As the API tells it, where one is configured; else what `lockstep.checkpoints` tells alone. */
export type Status = SourceStatus & Partial<ServiceStatus>;

type WritesStatus = {
  readonly isWithheld: boolean;
  readonly records: number;
  readonly recordsTotal?: number | null;
  readonly recordsPerSecond?: number | null;
  readonly secondsLeft?: number | null;
  readonly heldFor?: string | null;
};

type ServiceStatus = {
  readonly firstReadsComplete: boolean;
  readonly lag: Readonly<Record<string, number>>;
  readonly writes: Readonly<Record<string, WritesStatus>>;
  readonly errors: readonly ErrorGroup[];
  /** These are absent from answers of former versions. */
  readonly rules?: { readonly hash: string; readonly refused: readonly string[] };
  readonly ended?: OutcomeWindows;
  readonly waiting?: readonly WaitingWriteCount[];
  readonly waitingWhole?: boolean;
};

export async function readStatus(env: Environment, nowMs: number): Promise<Status> {
  const api = loadApiConfig(env);
  if (api.lockstepApiUrl !== undefined) return openClient(api).get<Status>('/v1/status');

  return readSourceStatus(createEventLog(openTopics(loadMessageConfig(env))), nowMs);
}

/** Prints the state of every source as a table, or as JSON for machines. */
export async function showStatus(
  env: Environment,
  { json, nowMs }: { readonly json: boolean; readonly nowMs: number },
  print: (line: string) => void,
): Promise<void> {
  const status = await readStatus(env, nowMs);
  if (json) return print(JSON.stringify(status, null, 2));
  const { tables, requests } = status;
  print(tables.length === 0 ? 'Nothing has been read yet.' : statusTable(tables));
  for (const { group, used, budget } of requests)
    print(
      `Requests to Dataverse today, table group ${group}: ${used}${budget === null ? '' : ` of ${budget}`}`,
    );
  for (const line of serviceLines(status, nowMs)) print(line);
}

const isOfService = (status: Status): status is SourceStatus & ServiceStatus =>
  status.firstReadsComplete !== undefined;

/** What only a running reconciler can tell. */
export function serviceLines(status: Status, nowMs: number): string[] {
  if (!isOfService(status)) return [];
  const { firstReadsComplete, lag, writes, errors, ended, waiting, waitingWhole = true, rules } = status;
  const lags = Object.entries(lag).map(([step, messages]) => `${step} ${messages}`);

  return [
    ...(rules ? refusedLines(rules.refused) : []),
    `Both sides read once: ${firstReadsComplete ? 'yes' : 'no'}`,
    `Messages to be handled: ${lags.join(', ')}`,
    ...Object.entries(writes).flatMap(([system, direction]) => withheldLines(system, direction)),
    ...(waiting ? [waitingLine(waiting, waitingWhole, nowMs)] : []),
    ...(ended ? endedLines(ended) : []),
    errors.length === 0 ? 'No errors.' : errorTableText(errors),
  ];
}

/** What keeps the file of rules, as it is now, from taking effect. */
const refusedLines = (faults: readonly string[]): string[] =>
  faults.length === 0
    ? []
    : [
        'The file of rules is refused; those it had before are in force.',
        ...faults.map((fault) => `  ${fault}`),
      ];

/** What is withheld, or was and is planned anew, and the command that lets it flow where a brake did it. */
export function withheldLines(system: string, status: WritesStatus): string[] {
  const { isWithheld, records, heldFor = null } = status;
  if (!isWithheld) return records === 0 ? [] : [`Writes to ${system} flow; ${drainText(status)}.`];

  return [
    `Writes to ${system} are withheld, of ${records} records so far.`,
    ...(heldFor === null
      ? []
      : [`  by the brake: ${heldFor}. To let them flow: lockstep resume reconciler/to-${system}`]),
  ];
}

const verbs = { CREATE: 'to be made', UPDATE: 'to be changed', DELETE: 'to be deleted' } as const;

/** What waits to be written, with the age of the oldest. */
export function waitingLine(counts: readonly WaitingWriteCount[], isWhole: boolean, nowMs: number): string {
  const parts = counts.map(({ side, entity, operation, writes, since }) => {
    const seconds = Math.max(0, (nowMs - Date.parse(since)) / 1_000);

    return `${side} ${entity} ${writes} ${verbs[operation]} (oldest ${duration(seconds)})`;
  });

  return `Waiting to be written: ${parts.join(', ') || 'nothing'}${isWhole ? '' : ', and more'}`;
}

/** What was written in the last hour and in the last 24, by system and kind of record. */
export function endedLines({ lastHour, last24Hours }: OutcomeWindows): string[] {
  const windows = { hour: lastHour, '24 hours': last24Hours };

  return Object.entries(windows).map(([name, counts]) => {
    const parts = counts.map(
      ({ system, entity, done, refused }) =>
        `${system} ${entity} ${done}${refused === 0 ? '' : ` (${refused} refused)`}`,
    );

    return `Written in the last ${name}: ${parts.join(', ') || 'nothing'}`;
  });
}

/** What is left to plan, in the words of a first load. */
function drainText({
  records,
  recordsTotal = null,
  recordsPerSecond = null,
  secondsLeft = null,
}: WritesStatus): string {
  return [
    `${recordsTotal === null ? records : `${records} of ${recordsTotal}`} records are still to be planned`,
    ...(recordsPerSecond === null ? [] : [`${Math.round(recordsPerSecond)} records/s`]),
    ...(secondsLeft === null ? [] : [`time left ${duration(secondsLeft)}`]),
  ].join(', ');
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

function remarksOf({ pausedAt, queryRowsDone, deletesHeld, stoppedColumns, target }: TableStatus): string[] {
  return [
    ...(pausedAt === null ? [] : [`paused since ${pausedAt}`]),
    ...(queryRowsDone === null ? [] : [`query: ${queryRowsDone} rows so far`]),
    ...(deletesHeld === null ? [] : [`${deletesHeld} deletes held: lockstep confirm ${target}`]),
    ...(stoppedColumns.length === 0 ? [] : [`not published: ${stoppedColumns.join(', ')}`]),
  ];
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;

  return `${(seconds / 3_600).toFixed(1)} h`;
}
