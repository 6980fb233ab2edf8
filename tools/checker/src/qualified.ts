import type { History, StateEntry } from './history.ts';
import { wasFiltered } from './isFiltered.ts';
import type { Group } from './timeline.ts';

/** The lead that a contact was made of, in the state in which it was made; null in any other. */
export function originIn({ changed }: StateEntry): string | null {
  const origin = changed['originatingleadid']?.after;
  if (typeof origin === 'object' && origin !== null && 'id' in origin) return String(origin.id);
  // As the emulator names it.
  const id = changed['_originatingleadid_value']?.after;

  return typeof id === 'string' ? id : null;
}

/** When the row was made of a lead, in ms; null for any other. */
export function qualifiedAtMs(states: readonly StateEntry[]): number | null {
  const state = states.find((each) => originIn(each) !== null);

  return state ? Date.parse(state.at) : null;
}

/**
 * Blank when the contact was seen first, and not always in its lead: whether it was not taken over, or cleared before anybody saw
 * that, nobody can tell.
 */
export function isLeftBehind(states: readonly StateEntry[], column: string): boolean {
  const made = states.findIndex((each) => originIn(each) !== null);
  if (made < 0) return false;
  const held = states.slice(0, made + 1).flatMap(({ changed }) => changed[column] ?? []);

  return isBlank(held.at(-1)?.after) && held.some(({ after }) => !isBlank(after));
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === false;

/** Of a contact that stays out its lead may go on speaking instead (native-sync 2.2). */
export const mayLeadSpeak = ({ rowStates, rules }: Group): boolean =>
  qualifiedAtMs(rowStates) !== null && wasFiltered(rowStates, rules);

/** A contact was made of the lead, and is gone: the lead is closed, and waits for nobody. */
export const isHeirGone = ({ dynamics }: History, leadId: string): boolean =>
  dynamics.states.some(
    (state) => originIn(state) === leadId && !dynamics.rows['contact']?.some(({ id }) => id === state.id),
  );
