import { waitingWritesOf, type GoldenRecord } from '@lockstep/reconciliation';
import { countWaitingWrites, waitingSince, type WaitingWriteReader } from '../waitingWrites.ts';

/** Reads what waits out of the records of the in-memory stores. */
export function inMemoryWaitingWrites(records: ReadonlyMap<string, GoldenRecord>): WaitingWriteReader {
  return {
    async count(recordsMax) {
      const all = [...records.values()]
        .map((record) => waitingWritesOf(record))
        .filter((writes) => writes.length > 0)
        .sort((a, b) => ((waitingSince(a) ?? '') < (waitingSince(b) ?? '') ? -1 : 1));

      return { counts: countWaitingWrites(all.slice(0, recordsMax)), isWhole: all.length <= recordsMax };
    },
  };
}
