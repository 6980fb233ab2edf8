/** An append-only log that numbers its entries from 1 and forgets the oldest when it is full. */
export interface BoundedLog<Entry> {
  append(entry: Entry): number;
  /** Entries after the given number, oldest first, at most `limit`. */
  after(sequence: number, limit: number): readonly { readonly sequence: number; readonly entry: Entry }[];
  /** Takes back the entries after the given number: those of a transaction that failed. */
  discardAfter(sequence: number): void;
  /** Number of the newest entry, 0 when there is none. */
  last(): number;
}

/** Creates a log; the oldest half goes when `entriesMax` is reached, so that appending stays cheap. */
export function createBoundedLog<Entry>(entriesMax: number): BoundedLog<Entry> {
  let entries: Entry[] = [];
  let dropped = 0;
  return {
    append(entry) {
      if (entries.length >= entriesMax) {
        const surplus = Math.ceil(entriesMax / 2);
        entries = entries.slice(surplus);
        dropped += surplus;
      }
      entries.push(entry);
      return dropped + entries.length;
    },
    after(sequence, limit) {
      const start = Math.max(0, sequence - dropped);
      return entries
        .slice(start, start + limit)
        .map((entry, index) => ({ sequence: dropped + start + index + 1, entry }));
    },
    discardAfter(sequence) {
      entries.length = Math.min(entries.length, Math.max(0, sequence - dropped));
    },
    last: () => dropped + entries.length,
  };
}
