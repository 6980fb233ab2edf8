import { rowsByPerson } from './checkRequests.ts';
import type { History, StateEntry } from './history.ts';
import { append } from './indexHistory.ts';
import { creationsIn, isOfParted, madeFor } from './madeRows.ts';
import type { Findings } from './verdict.ts';

/** We make a row only for a person for whom a marketer asked for something, and another one only when that is gone (F-21, F-32). */
export function checkCreations(findings: Findings, history: History): void {
  const made = creationsIn(history);
  if (made.length === 0) return;
  const rowsOf = rowsByPerson(history);
  const asked = new Set(
    history.requests?.accepted.flatMap(({ personId }) => [...(rowsOf.get(personId) ?? [])]),
  );
  const byPerson = new Map<string, StateEntry[]>();
  for (const state of made) {
    const { table, id } = state;
    if (!asked.has(id))
      findings.unexpected.push({
        ...{ what: `${table} create`, ids: [id], reason: 'a row was made that nobody asked for' },
      });
    append(byPerson, madeFor(history, id) ?? id, state);
  }
  for (const [personId, rows] of byPerson)
    if (!isOfParted(history, personId)) checkOneRow(findings, history, { personId, rows });
}

type Made = { readonly personId: string; readonly rows: readonly StateEntry[] };

function checkOneRow(findings: Findings, { dynamics }: History, { personId, rows }: Made): void {
  rows.slice(1).forEach(({ at }, place) => {
    const former = rows[place]?.id ?? '';
    const gone = dynamics.states.find(({ id, operation }) => id === former && operation === 'delete');
    if (!gone || Date.parse(gone.at) > Date.parse(at))
      findings.doubled.push({
        ...{ what: 'row', ids: [personId, former, rows[place + 1]?.id ?? ''] },
        reason: 'a second row was made for a person',
      });
  });
}
