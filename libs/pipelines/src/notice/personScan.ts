import { topics, type PersonKind } from '@lockstep/change-events';
import { marketoBatchMax, type EventLog, type HeadVisitor, type MarketoPeople } from '@lockstep/ports';

/** Looks for everybody who is known, by id; whoever is not found and not explained by a feed is gone. */
export type PersonScan = {
  /** How many people are known. */
  readonly known: number;
  /** Looks for some more; false when all have been looked for. */
  advance(people: Pick<MarketoPeople, 'findPersons'>): Promise<boolean>;
  /** A feed says what became of these. */
  explain(ids: readonly string[]): void;
  missing(): readonly string[];
};

const kinds: readonly PersonKind[] = ['lead', 'contact'];

/** Everybody whose last event on the two topics is a state. Holds their ids: some 50 bytes a person. */
async function readKnownIds(log: EventLog, signal: AbortSignal): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const kind of kinds) {
    const ofTopic = new Set<string>();
    const visit: HeadVisitor = (key, head) =>
      head?.operation === 'UPSERT' || head?.operation === 'SNAPSHOT' ? ofTopic.add(key) : ofTopic.delete(key);
    await log.scanEvents(topics.marketingChanges(kind), visit, signal);
    for (const id of ofTopic) ids.add(id);
  }

  return [...ids];
}

export async function openPersonScan(log: EventLog, signal: AbortSignal): Promise<PersonScan> {
  const ids = await readKnownIds(log, signal);
  const missing = new Set<string>();
  let next = 0;

  return {
    known: ids.length,
    async advance(people) {
      const batch = ids.slice(next, next + marketoBatchMax);
      if (batch.length === 0) return false;
      const found = new Set((await people.findPersons('id', batch)).map(({ id }) => id));
      for (const id of batch) if (!found.has(id)) missing.add(id);
      next += batch.length;

      return true;
    },
    explain: (explained) => explained.forEach((id) => missing.delete(id)),
    missing: () => [...missing],
  };
}
