import { SyncError, topics, type Checkpoint } from '@lockstep/change-events';
import type { EventLog } from '@lockstep/ports';

/** Where a process writes to, and tables whose rows it writes. */
export type DynamicsHome = {
  /** Such as `https://contoso.crm4.dynamics.com`. */
  readonly origin: string;
  readonly tables: readonly string[];
};

/**
 * Ids of rows mean nothing in another environment, or somebody else: what was read from one may not be written to another (G-28).
 * Throws DYNAMICS_DIFFERS while a table was read last from somewhere else than `origin`.
 */
export async function assertSameDynamics(
  log: Pick<EventLog, 'readLatest'>,
  { origin, tables }: DynamicsHome,
): Promise<void> {
  const checkpoints = await log.readLatest(topics.checkpoints);
  for (const table of tables) {
    const { state } = (checkpoints.get(`dynamics/${table}`) as Checkpoint | undefined) ?? {};
    const read = state?.origin ?? origin;
    if (read !== origin) throw new SyncError('DYNAMICS_DIFFERS', { table, read, written: origin });
  }
}
