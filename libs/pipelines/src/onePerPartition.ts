import type { BatchHandler } from '@lockstep/ports';
import pLimit from 'p-limit';

/**
 * The two lanes of a key meet on the same partition number: batches of one number are handled one after the other, so that
 * fresh edits wait for one batch of backfill at most, and neither decides on what the other is about to save.
 */
export function onePerPartition(handler: BatchHandler): BatchHandler {
  const limits = new Map<number, ReturnType<typeof pLimit>>();
  return (batch) => {
    const limit = limits.get(batch.partition) ?? pLimit(1);
    limits.set(batch.partition, limit);
    return limit(() => handler(batch));
  };
}
