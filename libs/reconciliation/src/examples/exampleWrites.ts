import type { DeliveryOutcome, InboxMessage, ScalarValues, WriteCommand } from '@lockstep/change-events';
import { mergePersons, mergeRow } from './exampleMerges.ts';
import type { OpenWrite, Parts } from './exampleParts.ts';
import { fitValues } from './exampleUnfit.ts';
import { rowKey } from '../linkedRow.ts';
import type { DynamicsRequestEntry, DynamicsWriteEntry } from '../outbox.ts';

export const entryIdOf = (write: OpenWrite): string =>
  write.to === 'dynamics' ? write.entry.entryId : write.command.commandId;

/** A guarded write: on a moved version the row as it is now comes back; a repeat says that its answer was lost. */
export function writeDynamics(
  parts: Parts,
  { goldenId, entry }: Extract<OpenWrite, { to: 'dynamics' }>,
): InboxMessage {
  if (entry.kind === 'dynamics-request') return serve(parts, goldenId, entry);
  const { dynamics, state } = parts;
  const { columns } = entry;
  const field = Object.keys(columns).find((column) => state.refused.has(column));
  if (field !== undefined) {
    state.received.push({ to: 'dynamics', values: columns, result: 'REFUSED' });
    const reason = { result: 'REFUSED', code: 'DYNAMICS_REFUSED', field, detail: null } as const;
    return { kind: 'refusal', goldenId, written: { entryId: entry.entryId, ...reason } };
  }
  const ending = endings[entry.ends ?? ''];
  if (ending) return ending(parts, { goldenId, entry });
  if (isClosedLead(dynamics, entry)) {
    state.received.push({ to: 'dynamics', values: columns, result: 'REFUSED' });
    const reason = { result: 'REFUSED', code: 'DYNAMICS_ROW_CLOSED', field: null, detail: null } as const;
    return { kind: 'refusal', goldenId, written: { entryId: entry.entryId, ...reason } };
  }
  return writeColumns(parts, { goldenId, entry });
}

type Owned = { readonly goldenId: string; readonly entry: DynamicsWriteEntry };

function writeColumns({ dynamics, state }: Parts, { goldenId, entry }: Owned): InboxMessage {
  const { rowId, columns, attempts, table } = entry;
  const result = writeRow(dynamics, entry);
  state.received.push({ to: 'dynamics', values: columns, result });
  if (!state.links.has(rowKey({ system: 'dynamics', table, id: rowId })))
    throw new Error('written before it is linked');
  const code = result === 'STALE' && attempts > 0 ? 'DYNAMICS_UNREACHABLE' : null;
  const written = { entryId: entry.entryId, result, code, field: null, detail: null } as const;
  return {
    kind: 'event',
    goldenId,
    system: 'dynamics',
    table,
    event: dynamics.representation(rowId),
    written,
  };
}

/** What is more than a write of columns. */
const endings: Readonly<Record<string, typeof deleteRow>> = { delete: deleteRow, merge: mergeRow };

/** Only at the version that is known. */
function deleteRow({ dynamics, state }: Parts, { goldenId, entry }: Owned): InboxMessage {
  const { entryId, rowId, table, ifMatch } = entry;
  const version = dynamics.version(rowId);
  const result = version === null ? 'MISSING' : version === ifMatch?.number ? 'WRITTEN' : 'STALE';
  state.received.push({ to: 'dynamics', values: {}, result });
  if (result === 'WRITTEN') dynamics.remove(rowId);
  const written = { entryId, result, code: null, field: null, detail: null } as const;
  if (result !== 'STALE') return { kind: 'refusal', goldenId, written };
  const event = dynamics.representation(rowId);

  return { kind: 'event', goldenId, system: 'dynamics', table, event, written };
}

/** What is asked for a row that is there; done again, it does nothing. */
function serve({ dynamics, state }: Parts, goldenId: string, entry: DynamicsRequestEntry): InboxMessage {
  const { entryId, rowId, request } = entry;
  const { requestId } = request;
  const kind = String(request.kind);
  const answer = (result: 'WRITTEN' | 'MISSING' | 'REFUSED', code: string | null = null): InboxMessage => ({
    ...{ kind: 'refusal', goldenId, written: { entryId, result, code, field: null, detail: null } },
  });
  if (dynamics.version(rowId) === null) return answer('MISSING');
  if (state.refused.has(kind)) return answer('REFUSED', 'OWNER_UNKNOWN');
  const { times = 0 } = state.served.get(requestId) ?? {};
  state.served.set(requestId, { rowId, kind, times: times + 1 });
  return answer('WRITTEN');
}

/** Read-only until it is reactivated. */
const isClosedLead = (dynamics: Parts['dynamics'], { table, rowId }: DynamicsWriteEntry): boolean =>
  table === 'lead' && (dynamics.column(rowId, 'statecode') ?? 0) !== 0;

/** Only at the version that is known, or while there is no such row. */
function writeRow(dynamics: Parts['dynamics'], entry: DynamicsWriteEntry): 'WRITTEN' | 'STALE' {
  const { rowId, ifMatch, columns, table } = entry;
  if (dynamics.version(rowId) !== (ifMatch?.number ?? null)) return 'STALE';
  const bound = boundIn(columns);
  if (ifMatch) dynamics.update(rowId, bound);
  else dynamics.create(table === 'contact' ? 'contact' : 'lead', rowId, bound);
  return 'WRITTEN';
}

/** A customer is written by its id, and is an account. */
function boundIn({ parentcustomerid: id, ...columns }: ScalarValues): ScalarValues {
  return typeof id === 'string' ? { ...columns, parentcustomerid: `account/${id}` } : columns;
}

export function writeMarketo(parts: Parts, { command }: Extract<OpenWrite, { to: 'marketo' }>): InboxMessage {
  const { marketo, state } = parts;
  const { sent: fields, stored, unfit } = fitValues(state.narrow, command.fields);
  if (Object.values(fields).some((value) => state.lacking.has(value)))
    return outcomeMessage(parts, command, { result: 'REFUSED', code: '1013', field: 'company' });
  const [first] = unfit;
  if (first && Object.keys(fields).length === 0)
    return outcomeMessage(parts, command, { result: 'REFUSED', field: first.field, code: first.code, unfit });
  const sent = marketo.nextNumber();
  const answer = answerOf(parts, { ...command, fields: stored });
  state.received.push({ to: 'marketo', values: fields, result: answer.result });
  const accepted = answer.result === 'CREATED' || answer.result === 'UPDATED' ? fields : null;
  const isWritten = answer.state === null || answer.result === 'DELETED';
  const answered = isWritten ? marketo.nextNumber() : sent;
  return outcomeMessage(parts, command, { ...answer, accepted, sent, answered, unfit });
}

export type Answer = Pick<DeliveryOutcome, 'result' | 'personId' | 'state'>;

function answerOf(parts: Parts, command: WriteCommand): Answer {
  const { operation, personId, goldenId, fields } = command;
  const person = personId ?? parts.marketo.findBy('lockstepId', goldenId)[0] ?? '';
  switch (operation) {
    case 'MERGE':
      return mergePersons(parts, command);
    case 'UPDATE':
      return update(parts, person, fields);
    case 'DELETE':
      return remove(parts, person);
    default:
      return readOrCreate(parts, command, person);
  }
}

function readOrCreate({ marketo }: Parts, command: WriteCommand, person: string): Answer {
  const { operation, personId, goldenId, fields } = command;
  const state = marketo.fields(person);
  const isRead = operation === 'READ';
  if (state) return { result: isRead ? 'READ' : 'FOUND', personId: person, state: { ...state } };
  if (isRead) return { result: 'NOT_FOUND', personId, state: null };
  return { result: 'CREATED', personId: marketo.create({ ...fields, lockstepId: goldenId }), state: null };
}

const update = ({ marketo }: Parts, personId: string, fields: ScalarValues): Answer => ({
  result: marketo.write(personId, fields) ? 'UPDATED' : 'NOT_FOUND',
  personId,
  state: null,
});

function remove({ marketo }: Parts, personId: string): Answer {
  const fields = marketo.fields(personId);
  const state = fields && { ...fields };
  marketo.remove(personId);
  return { result: state ? 'DELETED' : 'NOT_FOUND', personId, state };
}

export function lostAnswer(parts: Parts, command: WriteCommand): InboxMessage {
  const retryAt = new Date(parts.state.nowMs + 95_000).toISOString();
  return outcomeMessage(parts, command, { result: 'UNKNOWN', retryAt });
}

function outcomeMessage(
  { state }: Parts,
  command: WriteCommand,
  answer: Partial<DeliveryOutcome> & Pick<DeliveryOutcome, 'result'>,
): InboxMessage {
  const { commandId, goldenId, revision, personId, lane } = command;
  const nothing = { accepted: null, state: null, sent: null, answered: null, code: null, field: null };
  const at = new Date(state.nowMs).toISOString();
  const empty = { ...nothing, detail: null, retryAt: null, lane, at };
  const outcome: DeliveryOutcome = { commandId, goldenId, revision, personId, ...empty, ...answer };
  const person = answer.personId ?? null;
  const key = rowKey({ system: 'marketo', table: 'person', id: person ?? '' });
  if (person !== null && !state.links.has(key)) state.links.set(key, goldenId);
  return { kind: 'outcome', goldenId, outcome };
}

/** The answer to a command, which made a person unless said otherwise. */
export function answerTo(command: WriteCommand, answer: Partial<DeliveryOutcome>): InboxMessage {
  const { commandId, goldenId, revision, personId, lane, fields } = command;
  const nothing = { state: null, sent: null, answered: null, code: null, field: null, detail: null };
  const told = { ...nothing, retryAt: null, accepted: fields, at: '2026-11-22T10:00:00Z' };
  const outcome = { commandId, goldenId, revision, personId, lane, ...told };
  return { kind: 'outcome', goldenId, outcome: { ...outcome, result: 'CREATED', ...answer } };
}
