import type { Actor } from './actor.ts';
import { createBoundedLog, type BoundedLog } from './boundedLog.ts';
import type { Commit, RowStore } from './rowStore.ts';

/** Entry of the log of row states. */
export interface StateEntry extends Commit {
  readonly atMs: number;
  readonly actor: Actor;
  /** Properties that the author wrote, whether they changed or not; only while webhooks are told. */
  readonly written?: readonly string[];
}

type LoggedState = Omit<StateEntry, 'before' | 'after' | 'written'>;

/**
 * The log of committed row states. It keeps the store's own texts and unpacks them when they are read: the newest state of a
 * row costs nothing beside the row.
 */
export function createStateLog(
  store: RowStore,
  entriesMax: number,
  onAppended: (sequence: number, entry: StateEntry) => void,
): BoundedLog<StateEntry> {
  const log = createBoundedLog<LoggedState>(entriesMax);
  const whole = (entry: LoggedState): StateEntry => {
    const { before, after } = entry.stored;
    return {
      ...entry,
      before: before && store.unpack(entry.table, before),
      after: after && store.unpack(entry.table, after),
    };
  };
  return {
    append(entry) {
      const { operation, table, id, version, stored, atMs, actor } = entry;
      const sequence = log.append({ operation, table, id, version, stored, atMs, actor });
      onAppended(sequence, entry);
      return sequence;
    },
    after: (sequence, limit) =>
      log.after(sequence, limit).map((each) => ({ sequence: each.sequence, entry: whole(each.entry) })),
    discardAfter: (sequence) => log.discardAfter(sequence),
    last: () => log.last(),
  };
}
