import type { InboxMessage, System } from '@lockstep/change-events';
import { sumOutcomes, type Clock, type OutcomeCount, type OutcomeCountStore } from '@lockstep/ports';

/** A write that ended for its record; what is sent again, was overtaken or only read did not end. */
export type Ended = { readonly system: System; readonly entity: string; readonly isDone: boolean };

const done: ReadonlySet<string> = new Set(['CREATED', 'UPDATED', 'DELETED', 'MERGED', 'WRITTEN']);
const refused: ReadonlySet<string> = new Set(['REFUSED', 'AMBIGUOUS']);

/** What a message tells about a write; `entity` is that of its record, null for a person. */
export function endedIn(message: InboxMessage, entity: string | null): Ended | null {
  const [system, result]: readonly [System, string | undefined] =
    message.kind === 'outcome'
      ? ['marketo', message.outcome.result]
      : ['dynamics', 'written' in message ? message.written?.result : undefined];
  if (result === undefined || !(done.has(result) || refused.has(result))) return null;

  return { system, entity: entity ?? 'person', isDone: done.has(result) };
}

export type OutcomeMeter = {
  note(ended: readonly Ended[]): void;
  /** Tells the store what was noted since the last time; after a failure it is told the next time. */
  tell(): Promise<void>;
};

/** Counts in memory, by system and entity, until they are told. What was not told is lost with its process. */
export function createOutcomeMeter(store: OutcomeCountStore, clock: Pick<Clock, 'now'>): OutcomeMeter {
  let noted: readonly OutcomeCount[] = [];
  const add = (counts: readonly OutcomeCount[]): void => {
    noted = sumOutcomes([...noted, ...counts]);
  };

  return {
    note: (ended) => add(ended.map(countOf)),
    async tell() {
      const told = noted;
      noted = [];
      if (told.length === 0) return;
      try {
        await store.add(clock.now(), told);
      } catch (error) {
        add(told);
        throw error;
      }
    },
  };
}

const countOf = ({ system, entity, isDone }: Ended): OutcomeCount => ({
  ...{ system, entity },
  ...{ done: isDone ? 1 : 0, refused: isDone ? 0 : 1 },
});

export type OutcomeWindows = {
  readonly lastHour: readonly OutcomeCount[];
  readonly last24Hours: readonly OutcomeCount[];
};

const hourMs = 3_600_000;

/** What ended in the 60 minutes and the 24 hours until now, to the minute (G-24). */
export async function outcomeWindows(
  store: Pick<OutcomeCountStore, 'totals'>,
  nowMs: number,
): Promise<OutcomeWindows> {
  return {
    lastHour: await store.totals(nowMs - hourMs),
    last24Hours: await store.totals(nowMs - 24 * hourMs),
  };
}
