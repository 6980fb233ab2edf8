import { topics, type Checkpoint } from '@lockstep/change-events';
import type { EventLog } from '@lockstep/ports';
import { requestsSource, requestStatus, type RequestStatus } from './requestStatus.ts';
import { tableStatus, type TableStatus } from './tableStatus.ts';

export type SourceStatus = {
  readonly tables: readonly TableStatus[];
  readonly requests: readonly RequestStatus[];
};

/** Every source that has saved a place, and the requests of the day; read from `lockstep.checkpoints` alone. */
export async function readSourceStatus(
  log: Pick<EventLog, 'readLatest'>,
  nowMs: number,
): Promise<SourceStatus> {
  const checkpoints = [...(await log.readLatest(topics.checkpoints)).values()] as Checkpoint[];
  const tables = checkpoints
    .filter(({ source }) => source !== requestsSource)
    .map((checkpoint) => tableStatus(checkpoint, nowMs))
    .sort((a, b) => a.target.localeCompare(b.target));

  return { tables, requests: checkpoints.flatMap((checkpoint) => requestStatus(checkpoint, nowMs) ?? []) };
}
