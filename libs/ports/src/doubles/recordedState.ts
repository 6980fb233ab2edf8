import type { FieldValue, FieldValues, System } from '@lockstep/change-events';

export type StateOperation = 'create' | 'update' | 'delete';

/** One committed state of one record in a double, with what changed and who did it; what a checker judges by. */
export type RecordedState = {
  readonly sequence: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly system: System;
  /** `application` is our own API user. */
  readonly actorKind: 'human' | 'application';
  readonly actor: string;
  readonly operation: StateOperation;
  readonly table: string;
  readonly id: string;
  readonly version: number;
  readonly changed: Readonly<Record<string, { readonly before: FieldValue; readonly after: FieldValue }>>;
  /** Null after a delete. */
  readonly row: FieldValues | null;
};

/** The fields in which two states differ; an absent field counts as null. */
export function changedFields(
  before: FieldValues | null,
  after: FieldValues | null,
): RecordedState['changed'] {
  const names = Object.keys({ ...before, ...after });
  const pairs = names.map(
    (name) => [name, { before: before?.[name] ?? null, after: after?.[name] ?? null }] as const,
  );

  return Object.fromEntries(
    pairs.filter(([, pair]) => JSON.stringify(pair.before) !== JSON.stringify(pair.after)),
  );
}

/** Adds a state to a log that only grows. */
export function appendState(
  states: RecordedState[],
  state: Omit<RecordedState, 'sequence' | 'changed' | 'row'>,
  images: { readonly before: FieldValues | null; readonly after: FieldValues | null },
): void {
  const changed = changedFields(images.before, images.after);
  states.push({ ...state, sequence: states.length + 1, changed, row: images.after });
}
