import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { principalPrivileges } from './principalPrivileges.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';

/** What an operation is called on. */
export interface OperationTarget {
  /** The table of the set or row it is bound to. */
  readonly table: TableDefinition | undefined;
  /** The row it is bound to. */
  readonly id: string | undefined;
  /** What stands in the parentheses of a function, such as `EntityNames=@p1`; parameter values are in `call.query`. */
  readonly parameters: string | undefined;
}

/** An action (POST) or a function (GET). */
export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly binding: 'none' | 'set' | 'row';
  readonly answer: (state: OrganizationState, call: Call, target: OperationTarget) => Answer;
}

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
  ['RetrievePrincipalAttributePrivileges', { method: 'GET', binding: 'row', answer: principalPrivileges }],
]);
