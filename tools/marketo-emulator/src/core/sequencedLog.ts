/** An append-only log with ever-growing sequence numbers from 1; the oldest entries leave beyond a bound. */
export interface SequencedLog<T> {
  /** Sequence number of entries[0]. */
  first: number;
  readonly entries: T[];
}

const trimShare = 0.1;

/** A log without entries. */
export function createSequencedLog<T>(): SequencedLog<T> {
  return { first: 1, entries: [] };
}

/** Appends and answers the entry's sequence number. */
export function append<T>(log: SequencedLog<T>, entry: T, entriesMax: number): number {
  log.entries.push(entry);
  if (log.entries.length > entriesMax * (1 + trimShare) + 1) {
    const surplus = log.entries.length - entriesMax;
    log.entries.splice(0, surplus);
    log.first += surplus;
  }
  return lastSequence(log);
}

/** Number of the newest entry, 0 when nothing was ever logged. */
export function lastSequence<T>(log: SequencedLog<T>): number {
  return log.first + log.entries.length - 1;
}

/** Entries with a number above `after`, at most `limit`, each with its number. */
export function readAfter<T>(
  log: SequencedLog<T>,
  after: number,
  limit: number,
): { sequence: number; entry: T }[] {
  const start = Math.max(0, after + 1 - log.first);
  return log.entries
    .slice(start, start + limit)
    .map((entry, index) => ({ sequence: log.first + start + index, entry }));
}
