import { badRequest, DataverseError, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import { requireId } from '../../core/rowAddress.ts';
import type { TableDefinition } from '../../core/tableDefinition.ts';
import { inTransaction } from '../../core/transaction.ts';
import { updateRow, type WriteRequest } from '../../core/writeRow.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from '../call.ts';
import { insertDeep, updateBody } from '../deepInsert.ts';
import type { Operation, OperationTarget } from '../operation.ts';
import { requirePrivilege } from '../privileges.ts';
import { columnsOf, isMembers, parametersOf, typeOf, type Members } from './actionBody.ts';
import { namedRow, type NamedRow } from './namedRow.ts';

type Message = 'CreateMultiple' | 'UpdateMultiple' | 'UpsertMultiple';

/** One row of a message. */
interface Target {
  /** Undefined for a row that is not there yet and has no id of its own. */
  readonly id: string | undefined;
  /** What it was named by; undefined when it was not named at all. */
  readonly name: string | undefined;
  readonly body: Members;
}

/** A new row may hold the columns of a key without being named by them. */
function nameOf(
  state: OrganizationState,
  table: TableDefinition,
  message: Message,
  members: Members,
): NamedRow {
  if (message !== 'CreateMultiple') return namedRow(state, table, members);
  return { ...namedRow(state, table, { [table.key]: members[table.key] }), values: {} };
}

function targetsOf(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  message: Message,
): readonly Target[] {
  const { Targets: targets } = parametersOf(call);
  if (!Array.isArray(targets) || targets.length === 0)
    throw badRequest(errorCodes.invalidArgument, "The parameter 'Targets' is missing or empty.");
  return targets.map((members: unknown) => {
    if (!isMembers(members) || typeOf(state, members) !== table)
      throw badRequest(errorCodes.invalidArgument, `Every target must be a row of '${table.name}'.`);
    const { id, values, name } = nameOf(state, table, message, members);
    const body = columnsOf(members, table.key, ...(id === undefined ? [] : Object.keys(values)));
    return { id, name, body: id === undefined ? { ...values, ...body } : body };
  });
}

/** Several targets for one row in one message (facts, section 3.5). */
function refuseDuplicates(state: OrganizationState, targets: readonly Target[]): void {
  const names = targets.flatMap(({ id, name }) => id ?? name ?? []);
  if (state.settings.refusesBulkDuplicates && new Set(names).size < names.length)
    throw badRequest(errorCodes.invalidArgument, 'Two targets of the message are the same row.');
}

function write(
  state: OrganizationState,
  table: TableDefinition,
  message: Message,
  { id, name, body }: Target,
): string {
  const exists = id !== undefined && state.store.version(table.name, id) !== undefined;
  const updates = message === 'UpdateMultiple' || (message === 'UpsertMultiple' && exists);
  requirePrivilege(state, updates ? 'Write' : 'Create', table);
  const request: WriteRequest = { table, body, actor: state.application, isPrivileged: false };
  if (!updates) return insertDeep(state, request, id).id;
  const changes = { ...request, body: updateBody(state, request) };
  if (id !== undefined) return updateRow(state, changes, id).id;
  if (name !== undefined) requireId(table, { id });
  throw badRequest(errorCodes.invalidArgument, `A target lacks the key '${table.key}' of its row.`);
}

function bulkMessage(message: Message): Operation['answer'] {
  return (state, call, { table }: OperationTarget): Answer => {
    if (!table) throw badRequest(errorCodes.invalidArgument, 'The message is bound to a table.');
    const targets = targetsOf(state, call, table, message);
    refuseDuplicates(state, targets);
    const ids = inTransaction(state, () => targets.map((target) => write(state, table, message, target)));
    if (message !== 'CreateMultiple') return emptyAnswer(204);
    const context = `${call.base}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`;
    return jsonAnswer(200, JSON.stringify({ '@odata.context': context, Ids: ids }));
  };
}

function deleteMultiple(): Answer {
  throw new DataverseError(
    400,
    '0x80040800',
    'DeleteMultiple has not yet been implemented for standard tables.',
  );
}

const bound = { method: 'POST', binding: 'set' } as const;

/** Bulk messages of standard tables: one transaction, the first error takes everything back (facts, section 3.5). */
export const bulkMessages: readonly (readonly [string, Operation])[] = [
  ['CreateMultiple', { ...bound, answer: bulkMessage('CreateMultiple') }],
  ['UpdateMultiple', { ...bound, answer: bulkMessage('UpdateMultiple') }],
  ['UpsertMultiple', { ...bound, answer: bulkMessage('UpsertMultiple') }],
  ['DeleteMultiple', { ...bound, answer: deleteMultiple }],
];
