import { activeIdIn, eventsShowing } from './activeIdIn.ts';
import type { History } from './history.ts';
import { creationsIn } from './madeRows.ts';
import { qualificationsIn } from './qualifications.ts';
import { join, type Succession } from './succession.ts';

/** The history as if each row that carries on another one had been there from the beginning. */
export function joinSuccessors(history: History): History {
  const places = new Map(history.dynamics.states.toReversed().map(({ id, sequence }) => [id, sequence]));
  const placeOf = ({ next }: Succession): number => places.get(next.id) ?? 0;
  const all = [...qualificationsIn(history), ...remadeIn(history)];

  return all.toSorted((a, b) => placeOf(a) - placeOf(b)).reduce(join, history);
}

/** Rows that we made for persons whose own was deleted (F-32). */
function remadeIn(history: History): readonly Succession[] {
  const { golden } = history;
  return creationsIn(history).flatMap(({ table, id }) => {
    const shown = eventsShowing(history, id).find((event) => activeIdIn(event, 'dynamics') === id);
    const before = golden.findLast(
      (event) => event.goldenId === shown?.goldenId && event.revision.number < shown.revision.number,
    );
    const former = before?.rows.find(({ system, active }) => system === 'dynamics' && active);
    return former
      ? [{ former: { table: former.table, id: former.id }, next: { table, id }, seenVersion: 0 }]
      : [];
  });
}
