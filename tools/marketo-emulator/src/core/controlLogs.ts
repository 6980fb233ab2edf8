import type { CallEntry, Instance, StateEntry } from './instance.ts';
import { viewObject } from './objects/objectTable.ts';
import type { ObjectStateEntry } from './objects/objectWorld.ts';
import { viewPerson } from './persons.ts';
import type { SequencedLog } from './sequencedLog.ts';
import { lastSequence, readAfter } from './sequencedLog.ts';

const logPageSize = 1000;

/** A window of a log: entries above `after`, at most `limit`. */
export interface LogWindow {
  readonly after?: string;
  readonly limit?: string;
}

/** Answered calls in the order of their answers. */
export function readCalls(instance: Instance, window: LogWindow): object {
  const toCall = (sequence: number, { requestBody, ...call }: CallEntry): object => ({
    sequence,
    ...call,
    requestBody: parsedOrText(requestBody),
  });
  return { calls: readWindow(instance.calls, window, toCall), last: lastSequence(instance.calls) };
}

/** Committed states in the order of their commits; persons with all fields. */
export function readStates(instance: Instance, window: LogWindow): object {
  const toState = (sequence: number, { origin, person, ...state }: StateEntry): object => ({
    sequence,
    ...state,
    actor: origin.actor,
    actorKind: origin.actorKind,
    requestId: origin.requestId,
    person: viewPerson(instance, person, instance.fields.keys()),
  });
  return { states: readWindow(instance.states, window, toState), last: lastSequence(instance.states) };
}

/** Committed states of objects other than persons; `personSequence` places each behind a state of the persons' log. */
export function readObjectStates(instance: Instance, window: LogWindow): object {
  const { tables, states } = instance.objects;
  const toState = (sequence: number, { origin, fields, ...state }: ObjectStateEntry): object => {
    const type = tables.get(state.object)?.type;
    const { actor, actorKind, requestId } = origin;
    const record = type === undefined ? fields : viewObject(type, fields);
    return { sequence, ...state, actor, actorKind, requestId, record };
  };
  return { states: readWindow(states, window, toState), last: lastSequence(states) };
}

function readWindow<T>(
  log: SequencedLog<T>,
  window: LogWindow,
  toRow: (sequence: number, entry: T) => object,
): object[] {
  const after = Number(window.after ?? 0);
  const limit = Number(window.limit ?? logPageSize);
  return readAfter(log, after, limit).map(({ sequence, entry }) => toRow(sequence, entry));
}

function parsedOrText(body: string): unknown {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
