import type { OrganizationState } from '../core/organizationState.ts';
import type { Operation } from './operation.ts';
import { principalPrivileges } from './principalPrivileges.ts';
import { bulkMessages } from './actions/bulkMessages.ts';
import { closeOpportunity } from './actions/closeOpportunity.ts';
import { addItemCampaign, addMemberList } from './actions/marketingLists.ts';
import { mergeRows } from './actions/mergeRows.ts';
import {
  retrieveCurrentOrganization,
  retrieveTotalRecordCount,
  retrieveVersion,
} from './actions/organizationFunctions.ts';
import { retrieveMetadataChanges } from './actions/retrieveMetadataChanges.ts';
import { qualifyLead } from './actions/qualifyLead.ts';
import { changeMembers } from './actions/teamMembers.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import { userPrivileges } from './userPrivileges.ts';

function whoAmI(state: OrganizationState, call: Call): Answer {
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: state.identity.businessUnitId,
    UserId: state.application.id,
    OrganizationId: state.identity.organizationId,
  };
  return jsonAnswer(200, JSON.stringify(body));
}

/** Every action and function by its name. Bound ones are addressed as `Microsoft.Dynamics.CRM.<name>`. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['WhoAmI', { method: 'GET', binding: 'none', answer: whoAmI }],
  ['RetrieveTotalRecordCount', { method: 'GET', binding: 'none', answer: retrieveTotalRecordCount }],
  ['RetrieveCurrentOrganization', { method: 'GET', binding: 'none', answer: retrieveCurrentOrganization }],
  ['RetrieveMetadataChanges', { method: 'GET', binding: 'none', answer: retrieveMetadataChanges }],
  ['RetrieveVersion', { method: 'GET', binding: 'none', answer: retrieveVersion }],
  ['QualifyLead', { method: 'POST', binding: 'row', answer: qualifyLead }],
  ['Merge', { method: 'POST', binding: 'none', answer: mergeRows }],
  ['WinOpportunity', { method: 'POST', binding: 'none', answer: closeOpportunity(1) }],
  ['LoseOpportunity', { method: 'POST', binding: 'none', answer: closeOpportunity(2) }],
  ['AddMembersTeam', { method: 'POST', binding: 'row', answer: changeMembers('add') }],
  ['RemoveMembersTeam', { method: 'POST', binding: 'row', answer: changeMembers('remove') }],
  ['AddMemberList', { method: 'POST', binding: 'row', answer: addMemberList }],
  ['AddItemCampaign', { method: 'POST', binding: 'row', answer: addItemCampaign }],
  ...bulkMessages,
  ['RetrievePrincipalAttributePrivileges', { method: 'GET', binding: 'row', answer: principalPrivileges }],
  ['RetrieveUserSetOfPrivilegesByNames', { method: 'GET', binding: 'row', answer: userPrivileges }],
]);
