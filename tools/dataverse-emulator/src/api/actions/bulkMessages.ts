import { badRequest, DataverseError, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import { isGuid } from '../../core/readValue.ts';
import type { TableDefinition } from '../../core/tableDefinition.ts';
import { inTransaction } from '../../core/transaction.ts';
import { createRow, updateRow, type WriteRequest } from '../../core/writeRow.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from '../call.ts';
import type { Operation, OperationTarget } from '../operations.ts';
import { requirePrivilege } from '../privileges.ts';
import { columnsOf, isMembers, parametersOf, typeOf, type Members } from './actionBody.ts';

type Message = 'CreateMultiple' | 'UpdateMultiple' | 'UpsertMultiple';

interface Target {
  readonly id: string | undefined;
  readonly members: Members;
}

function idOf(table: TableDefinition, members: Members): string | undefined {
  const named = /\(([0-9a-fA-F-]{36})\)$/.exec(String(members['@odata.id']))?.[1];
  const id = members[table.key] ?? named;
  return typeof id === 'string' && isGuid(id) ? id.toLowerCase() : undefined;
}

function targetsOf(state: OrganizationState, call: Call, table: TableDefinition): readonly Target[] {
  const { Targets: targets } = parametersOf(call);
  if (!Array.isArray(targets) || targets.length === 0)
    throw badRequest(errorCodes.invalidArgument, "The parameter 'Targets' is missing or empty.");
  return targets.map((members: unknown) => {
    if (!isMembers(members) || typeOf(state, members) !== table)
      throw badRequest(errorCodes.invalidArgument, `Every target must be a row of '${table.name}'.`);
    return { id: idOf(table, members), members };
  });
}

/** Several targets for one row in one message (facts, section 3.5). */
function refuseDuplicates(state: OrganizationState, targets: readonly Target[]): void {
  const ids = targets.flatMap(({ id }) => id ?? []);
  if (state.settings.refusesBulkDuplicates && new Set(ids).size < ids.length)
    throw badRequest(errorCodes.invalidArgument, 'Two targets of the message are the same row.');
}

function write(
  state: OrganizationState,
  table: TableDefinition,
  message: Message,
  { id, members }: Target,
): string {
  const exists = id !== undefined && state.store.version(table.name, id) !== undefined;
  const updates = message === 'UpdateMultiple' || (message === 'UpsertMultiple' && exists);
  requirePrivilege(state, updates ? 'Write' : 'Create', table);
  const body = columnsOf(members, table.key);
  const request: WriteRequest = { table, body, actor: state.application, isPrivileged: false };
  if (!updates) return createRow(state, request, id).id;
  if (id === undefined)
    throw badRequest(errorCodes.invalidArgument, `A target lacks the key '${table.key}' of its row.`);
  return updateRow(state, request, id).id;
}

function bulkMessage(message: Message): Operation['answer'] {
  return (state, call, { table }: OperationTarget): Answer => {
    if (!table) throw badRequest(errorCodes.invalidArgument, 'The message is bound to a table.');
    const targets = targetsOf(state, call, table);
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
