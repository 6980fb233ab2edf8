import type { StateEntry } from './history.ts';

/** An address in the form in which addresses are compared; empty for none. */
export function addressIn(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value.trim().toLowerCase()] : [];
}

/** The addresses that the states gave in this field. */
export function addressesOf(states: readonly StateEntry[], name: string): string[] {
  return states.flatMap(({ changed }) => addressIn(changed[name]?.after));
}
