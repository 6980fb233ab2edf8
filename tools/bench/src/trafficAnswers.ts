import type { InboxMessage, Scalar, WriteCommand } from '@lockstep/change-events';
import type { DynamicsEntry } from '@lockstep/reconciliation';
import { leadEvent, type TrafficPerson } from './trafficPeople.ts';

/** Marketo takes a command: what its person holds changes with it. */
export function answerCommand(
  person: TrafficPerson,
  command: WriteCommand,
  callNumber: number,
): InboxMessage {
  Object.assign(person.marketo, command.fields);
  const { commandId, goldenId, revision, lane, fields } = command;
  const isCreation = command.operation === 'CREATE';
  return {
    kind: 'outcome',
    goldenId,
    outcome: {
      ...{ commandId, goldenId, revision, lane, accepted: fields, personId: person.personId },
      ...{ result: isCreation ? 'CREATED' : 'UPDATED', state: null, code: null, field: null, detail: null },
      ...{ sent: { epoch: 1, number: callNumber }, answered: { epoch: 1, number: callNumber + 1 } },
      ...{ retryAt: null, at: '2026-11-22T10:00:02Z' },
    },
  };
}

/** Dynamics takes a guarded write; null when the row has moved on, so that it would not. */
export function answerWrite(person: TrafficPerson, entry: DynamicsEntry): InboxMessage | null {
  if (entry.kind !== 'dynamics-write' || entry.ifMatch?.number !== person.version) return null;
  person.version += 1;
  Object.assign(person.lead, entry.columns satisfies Readonly<Record<string, Scalar>>);
  const written = {
    entryId: entry.entryId,
    result: 'WRITTEN',
    code: null,
    field: null,
    detail: null,
  } as const;
  const event = { ...leadEvent(person), page: { epoch: 0, number: 0 } };
  return { kind: 'event', goldenId: person.goldenId, system: 'dynamics', table: 'lead', event, written };
}
