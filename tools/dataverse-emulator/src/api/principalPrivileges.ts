import { permissionsOf } from '../core/columnSecurity.ts';
import { rowMissing } from '../core/dataverseError.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import type { OperationTarget } from './operation.ts';
import { noSegment } from './resourcePath.ts';

/** Function RetrievePrincipalAttributePrivileges, bound to a user or a team: what it may do with secured columns. */
export function principalPrivileges(state: OrganizationState, call: Call, target: OperationTarget): Answer {
  const { table, id = '' } = target;
  if (table?.name !== 'systemuser' && table?.name !== 'team')
    throw noSegment('RetrievePrincipalAttributePrivileges');
  if (!state.store.row(table.name, id)) throw rowMissing(table.name, id);
  const privileges = permissionsOf(state, { table: table.name, id }).map((row) => ({
    AttributeId: userId(`column/${String(row['entityname'])}/${String(row['attributelogicalname'])}`),
    CanCreate: row['cancreate'] ?? 0,
    CanRead: row['canread'] ?? 0,
    CanUpdate: row['canupdate'] ?? 0,
  }));
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivilegesResponse`,
    AttributePrivileges: privileges,
  };
  return jsonAnswer(200, JSON.stringify(body));
}
