import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import { nowMs, type OrganizationState } from '../../core/organizationState.ts';
import { inTransaction } from '../../core/transaction.ts';
import { createRow, updateRow } from '../../core/writeRow.ts';
import { emptyAnswer, type Answer, type Call } from '../call.ts';
import { requirePrivilege } from '../privileges.ts';
import {
  columnsOf,
  isMembers,
  parametersOf,
  requireRow,
  requireTable,
  wholeOf,
  type Members,
} from './actionBody.ts';

function saveClose(state: OrganizationState, parameters: Members): unknown {
  const { OpportunityClose: close } = parameters;
  if (!isMembers(close))
    throw badRequest(errorCodes.invalidArgument, "The parameter 'OpportunityClose' is required.");
  const table = requireTable(state, 'opportunityclose');
  const request = { table, body: columnsOf(close), actor: state.application, isPrivileged: false };
  return createRow(state, request).after?.['_opportunityid_value'];
}

/** WinOpportunity and LoseOpportunity: a closing activity, and the opportunity closed (facts, sections 3.8 and 6). */
export function closeOpportunity(statecode: 1 | 2): (state: OrganizationState, call: Call) => Answer {
  return (state, call) => {
    const parameters = parametersOf(call);
    const table = requireTable(state, 'opportunity');
    requirePrivilege(state, 'Write', table);
    const status = wholeOf(parameters['Status']) ?? -1;
    inTransaction(state, () => {
      const row = requireRow(state, table, saveClose(state, parameters));
      if (row['statecode'] !== 0)
        throw badRequest(errorCodes.wrongState, 'The opportunity has already been closed.');
      const body = {
        statecode,
        actualclosedate: new Date(nowMs(state)).toISOString().slice(0, 10),
        ...(status === -1 ? {} : { statuscode: status }),
      };
      const request = { table, body, actor: state.application, isPrivileged: true };
      updateRow(state, request, String(row[table.key]));
    });
    return emptyAnswer(204);
  };
}
