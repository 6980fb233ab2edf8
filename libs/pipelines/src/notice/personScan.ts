import { createHash } from 'node:crypto';
import { topics, type FieldValues, type PersonKind } from '@lockstep/change-events';
import {
  marketoBatchMax,
  type EventLog,
  type HeadVisitor,
  type MarketoPeople,
  type MarketoPerson,
} from '@lockstep/ports';

/** Looks for everybody who is known, by id: who differs from what is published; whoever is not found and not explained by a feed is gone. */
export type PersonScan = {
  /** How many people are known. */
  readonly known: number;
  /** Looks for some more, and answers who of them differs; null when all have been looked for. */
  advance(people: Pick<MarketoPeople, 'findPersons'>): Promise<readonly MarketoPerson[] | null>;
  /** A feed says what became of these. */
  explain(ids: readonly string[]): void;
  /** These were announced since the scan began. */
  told(ids: readonly string[]): void;
  missing(): readonly string[];
};

const kinds: readonly PersonKind[] = ['lead', 'contact'];

/** Everybody whose last event on the two topics is a state, with the print of that state: some 120 bytes a person. */
async function readKnown(log: EventLog, signal: AbortSignal): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  for (const kind of kinds) {
    const ofTopic = new Map<string, number>();
    const visit: HeadVisitor = (key, event) =>
      event?.operation === 'UPSERT' || event?.operation === 'SNAPSHOT'
        ? ofTopic.set(key, printOf(event.fields ?? {}))
        : ofTopic.delete(key);
    await log.scanEvents(topics.marketingChanges(kind), visit, signal, { fields: true });
    for (const [id, print] of ofTopic) known.set(id, print);
  }

  return known;
}

const printBytes = 6;

/** The same for the same fields with the same values, in any order. */
function printOf(fields: FieldValues): number {
  const sorted = Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1));

  return createHash('sha256').update(JSON.stringify(sorted)).digest().readUIntBE(0, printBytes);
}

export async function openPersonScan(log: EventLog, signal: AbortSignal): Promise<PersonScan> {
  const known = await readKnown(log, signal);
  const ids = [...known.keys()];
  const missing = new Set<string>();
  let next = 0;

  return {
    known: ids.length,
    async advance(people) {
      const batch = ids.slice(next, next + marketoBatchMax);
      if (batch.length === 0) return null;
      const persons = await people.findPersons('id', batch);
      const found = new Set(persons.map(({ id }) => id));
      for (const id of batch) if (!found.has(id) && known.has(id)) missing.add(id);
      next += batch.length;

      return persons.filter(({ id, fields }) => known.has(id) && known.get(id) !== printOf(fields));
    },
    explain(explained) {
      for (const id of explained) {
        known.delete(id);
        missing.delete(id);
      }
    },
    told: (told) => told.forEach((id) => known.delete(id)),
    missing: () => [...missing],
  };
}
