import { badRequest, errorCodes, rowMissing } from '../core/dataverseError.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { privilegesOf, type Privilege } from '../core/privilegeNames.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { functionParameters } from './actions/functionParameters.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import type { OperationTarget } from './operation.ts';
import { lacks } from './privileges.ts';
import { noSegment } from './resourcePath.ts';

/** Function RetrieveUserSetOfPrivilegesByNames, bound to a user: those of the named privileges that it has. */
export function userPrivileges(state: OrganizationState, call: Call, target: OperationTarget): Answer {
  const { table, id = '', parameters } = target;
  if (table?.name !== 'systemuser') throw noSegment('RetrieveUserSetOfPrivilegesByNames');
  if (!state.store.row('systemuser', id)) throw rowMissing('systemuser', id);
  const list = functionParameters(call, parameters).get('PrivilegeNames') ?? '';
  const names = new Set([...list.matchAll(/['"](\w+)['"]/g)].map(([, name = '']) => name));
  if (names.size === 0)
    throw badRequest(errorCodes.invalidArgument, "The parameter 'PrivilegeNames' is required.");
  const held = [...state.tables.values()].flatMap((one) =>
    privilegesOf(one)
      .filter(({ name, operation }) => names.has(name) && !lacks(state, operation, one))
      .map((privilege) => heldJson(state, one, privilege)),
  );
  const context = `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNamesResponse`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, RolePrivileges: held }));
}

function heldJson(state: OrganizationState, table: TableDefinition, { name, operation }: Privilege) {
  const isOwnOnly = operation === 'Read' && state.settings.readScopes[table.name] === 'user';
  return {
    Depth: isOwnOnly ? 'Basic' : 'Global',
    PrivilegeId: userId(`privilege/${name}`),
    BusinessUnitId: state.identity.businessUnitId,
    PrivilegeName: name,
    RecordFilterId: '00000000-0000-0000-0000-000000000000',
    RecordFilterUniqueName: '',
  };
}
