import type { RowStore } from './rowStore.ts';

interface KeyOrder {
  readonly generation: number;
  readonly version: number;
  readonly ids: readonly string[];
}

const orders = new WeakMap<RowStore, Map<string, KeyOrder>>();

function isBefore(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function merged(known: readonly string[], added: readonly string[]): string[] {
  const result: string[] = [];
  let next = 0;
  for (const id of known) {
    for (let fresh = added[next]; fresh !== undefined && fresh <= id; fresh = added[next]) {
      if (fresh !== id) result.push(fresh);
      next += 1;
    }
    result.push(id);
  }
  return result.concat(added.slice(next));
}

function current(store: RowStore, table: string, known: KeyOrder | undefined): KeyOrder {
  const [generation, version] = [store.generation(), store.highWaterMark()];
  if (known?.generation !== generation)
    return { generation, version, ids: [...store.ids(table)].sort(isBefore) };
  const added: string[] = [];
  for (const { id, isDelete } of store.marks(table, known.version, version)) if (!isDelete) added.push(id);
  if (added.length === 0) return { ...known, version };
  return { generation, version, ids: merged(known.ids, added.sort(isBefore)) };
}

/** First index whose id is greater. */
function firstAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') > id) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Ids in their order, after the one given. They are sorted once per table and then follow its changes, so that a page does
 * not cost the table. Ids of deleted rows are among them.
 */
export function* idsInOrder(store: RowStore, table: string, after: string): Generator<string> {
  const tables = orders.get(store) ?? new Map<string, KeyOrder>();
  orders.set(store, tables);
  const { ids } = current(store, table, tables.get(table));
  tables.set(table, { generation: store.generation(), version: store.highWaterMark(), ids });
  for (let index = firstAfter(ids, after); index < ids.length; index += 1) yield ids[index] ?? '';
}
