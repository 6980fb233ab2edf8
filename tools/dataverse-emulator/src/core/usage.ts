const daysMax = 31;
const dayMs = 86_400_000;

/** One operation that counts against a user's daily requests (facts, section 4.2). */
export interface UsedOperation {
  readonly user: string;
  readonly table: string;
  readonly operation: string;
}

/** What one user did on one day, UTC. */
export interface DayOfUse {
  readonly day: string;
  readonly user: string;
  readonly operations: number;
  readonly byTable: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Counts operations per day, user, table and kind; the oldest days go. */
export interface Usage {
  count(used: UsedOperation, atMs: number, operations?: number): void;
  days(): readonly DayOfUse[];
}

type Counts = Map<string, Map<string, number>>;

function dayOfUse(day: number, user: string, counts: Counts): DayOfUse {
  const byTable: Record<string, Record<string, number>> = {};
  let operations = 0;
  for (const [table, kinds] of counts) {
    byTable[table] = Object.fromEntries(kinds);
    for (const count of kinds.values()) operations += count;
  }
  return { day: new Date(day * dayMs).toISOString().slice(0, 10), user, operations, byTable };
}

function child<Key, Value>(parent: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = parent.get(key);
  if (known !== undefined) return known;
  const created = create();
  parent.set(key, created);
  return created;
}

/** Creates a counter with nothing used. */
export function createUsage(): Usage {
  const days = new Map<number, Map<string, Counts>>();
  return {
    count({ user, table, operation }, atMs, operations = 1) {
      const day = Math.floor(atMs / dayMs);
      const users = child(days, day, () => new Map<string, Counts>());
      const [oldest] = days.keys();
      if (days.size > daysMax && oldest !== undefined) days.delete(oldest);
      const tables = child(users, user, (): Counts => new Map());
      const kinds = child(tables, table, () => new Map<string, number>());
      kinds.set(operation, (kinds.get(operation) ?? 0) + operations);
    },
    days: () =>
      [...days].flatMap(([day, users]) => [...users].map(([user, counts]) => dayOfUse(day, user, counts))),
  };
}
