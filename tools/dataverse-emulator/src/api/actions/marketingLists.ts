import { associate } from '../../core/associate.ts';
import { collectionOf } from '../../core/collections.ts';
import type { Row } from '../../core/columnDefinition.ts';
import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import type { TableDefinition } from '../../core/tableDefinition.ts';
import { createRow } from '../../core/writeRow.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operation.ts';
import { requirePrivilege } from '../privileges.ts';
import { isMembers, lookupMembers, parametersOf, requireRow, requireTable } from './actionBody.ts';

/** Tables of members by `createdfromcode` of their list. */
const memberTables: Readonly<Record<string, string>> = { 1: 'account', 2: 'contact', 4: 'lead' };

function requireList(state: OrganizationState, target: OperationTarget): Row {
  const table = requireTable(state, 'list');
  requirePrivilege(state, 'Write', table);
  return requireRow(state, table, target.table === table ? target.id : undefined);
}

/** Members of a locked, inactive or dynamic list cannot be changed by hand. */
function requireOpen({ listname, lockstatus, statecode, type }: Row): void {
  const fault =
    lockstatus === true ? 'locked' : statecode === 1 ? 'inactive' : type === true ? 'dynamic' : null;
  if (fault !== null) throw badRequest(errorCodes.wrongState, `The list '${String(listname)}' is ${fault}.`);
}

function memberOf(state: OrganizationState, listId: string, entityId: string): string | undefined {
  for (const row of state.store.rows('listmember'))
    if (row['_listid_value'] === listId && row['_entityid_value'] === entityId)
      return String(row['listmemberid']);
  return undefined;
}

function addMember(
  state: OrganizationState,
  listId: string,
  table: TableDefinition,
  entityId: string,
): string {
  const body = {
    ...lookupMembers('listid', 'list', listId),
    ...lookupMembers('entityid', table.name, entityId),
  };
  const listMember = requireTable(state, 'listmember');
  return createRow(state, { table: listMember, body, actor: state.application, isPrivileged: true }).id;
}

/** AddMemberList: a row of the list's own table becomes a member, once. */
export function addMemberList(state: OrganizationState, call: Call, target: OperationTarget): Answer {
  const list = requireList(state, target);
  requireOpen(list);
  const table = requireTable(state, memberTables[String(list['createdfromcode'])] ?? '');
  const entityId = String(requireRow(state, table, parametersOf(call)['EntityId'])[table.key]);
  const listId = String(list['listid']);
  const id = memberOf(state, listId, entityId) ?? addMember(state, listId, table, entityId);
  const context = `${call.base}/$metadata#Microsoft.Dynamics.CRM.AddMemberListResponse`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, Id: id }));
}

/** AddItemCampaign, bound to a list: attaches it to a campaign. Throws 412 when it is attached already. */
export function addItemCampaign(state: OrganizationState, call: Call, target: OperationTarget): Answer {
  const list = requireList(state, target);
  const { Campaign: campaign } = parametersOf(call);
  if (!isMembers(campaign))
    throw badRequest(errorCodes.invalidArgument, "The parameter 'Campaign' is required.");
  const farId = String(
    requireRow(state, requireTable(state, 'campaign'), campaign['campaignid'])['campaignid'],
  );
  const relation = collectionOf(state, requireTable(state, 'list'), 'campaignlist_association').manyToMany;
  if (relation) associate(state, state.application, { relation, nearId: String(list['listid']), farId });
  return jsonAnswer(
    200,
    JSON.stringify({ '@odata.context': `${call.base}/$metadata#campaignitems/$entity` }),
  );
}
