/** A place in the order of versions of one table. Its row may have moved on since. */
export interface OrderEntry {
  readonly version: number;
  readonly id: string;
}

/** The newest change of a row, without its cells. */
export interface ChangeMark extends OrderEntry {
  readonly isDelete: boolean;
}

/** What the order of versions is read against. */
export interface VersionedRows {
  readonly rows: ReadonlyMap<string, { readonly version: number }>;
  readonly deleted: ReadonlyMap<string, number>;
  readonly order: readonly OrderEntry[];
}

/** First index whose version is greater than the given one. */
function firstAfter(order: readonly OrderEntry[], version: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle]?.version ?? 0) > version) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether no later change made the entry obsolete. */
export function isNewest(state: VersionedRows, { id, version }: OrderEntry): boolean {
  return (state.rows.get(id)?.version ?? state.deleted.get(id)) === version;
}

/** Newest changes with `after` < version <= `upTo`, oldest first. */
export function* marks(state: VersionedRows, after: number, upTo: number): Generator<ChangeMark> {
  const { order } = state;
  for (let index = firstAfter(order, after); index < order.length; index += 1) {
    const entry = order[index];
    if (!entry || entry.version > upTo) return;
    const { version, id } = entry;
    if (isNewest(state, entry)) yield { version, id, isDelete: !state.rows.has(id) };
  }
}

/** Newest changes of all rows, newest first. */
export function* marksBackward(state: VersionedRows): Generator<ChangeMark> {
  const { order } = state;
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const entry = order[index];
    if (entry && isNewest(state, entry)) yield { ...entry, isDelete: !state.rows.has(entry.id) };
  }
}
