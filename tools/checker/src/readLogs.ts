import type { FinalRecord, StateEntry } from './history.ts';

/** A state as the in-memory doubles record it; the Dynamics emulator's control API gives the same shape. */
export type LoggedState = Omit<StateEntry, 'version'> & {
  readonly version?: number | null;
  readonly system?: string;
};

/** States of either double, or of the Dynamics emulator (`/_control/states`). */
export function fromLog(states: readonly LoggedState[]): StateEntry[] {
  return states.map(({ sequence, at, actorKind, operation, table, id, version = null, changed }) => ({
    sequence,
    at,
    actorKind,
    operation,
    table,
    id,
    version: table === 'person' ? null : version,
    changed,
  }));
}

/** A state as the Marketo emulator's control API answers it (`/_control/states`): numeric ids, no table. */
export type EmulatedPersonState = Omit<StateEntry, 'version' | 'table' | 'id'> & {
  readonly id: number | string;
};

export function fromMarketoEmulator(states: readonly EmulatedPersonState[]): StateEntry[] {
  return states.map(({ sequence, at, actorKind, operation, id, changed }) => ({
    sequence,
    at: typeof at === 'number' ? new Date(at).toISOString() : at,
    actorKind,
    operation,
    table: 'person',
    id: String(id),
    version: null,
    changed,
  }));
}

/** Rows as the Dynamics emulator's control API answers them (`/_control/rows/<table>`): raw columns by name. */
export function rowsFromDynamicsEmulator(
  primaryKey: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): FinalRecord[] {
  return rows.map((fields) => ({ id: String(fields[primaryKey]), fields }));
}

/** Persons as the Marketo emulator's control API answers them (`/_control/persons`). */
export function personsFromMarketoEmulator(
  persons: readonly Readonly<Record<string, unknown>>[],
): FinalRecord[] {
  return persons.map((fields) => ({ id: String(fields['id']), fields }));
}
