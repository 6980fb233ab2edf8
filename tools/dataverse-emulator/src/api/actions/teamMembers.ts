import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import { inTransaction } from '../../core/transaction.ts';
import { commitChange } from '../../core/commitChange.ts';
import { deleteRow } from '../../core/deleteRow.ts';
import { updateRow } from '../../core/writeRow.ts';
import { emptyAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operation.ts';
import { requirePrivilege } from '../privileges.ts';
import { isMembers, parametersOf, requireRow, requireTable } from './actionBody.ts';

function membershipOf(state: OrganizationState, teamid: string, systemuserid: string): string | undefined {
  for (const row of state.store.rows('teammembership'))
    if (row['teamid'] === teamid && row['systemuserid'] === systemuserid)
      return String(row['teammembershipid']);
  return undefined;
}

function add(state: OrganizationState, teamid: string, systemuserid: string): void {
  if (membershipOf(state, teamid, systemuserid) !== undefined) return;
  const id = state.newId();
  const commit = state.store.save('teammembership', id, (versionnumber) => ({
    teammembershipid: id,
    teamid,
    systemuserid,
    versionnumber,
  }));
  commitChange(state, state.application, commit);
}

function remove(state: OrganizationState, teamid: string, systemuserid: string): void {
  const id = membershipOf(state, teamid, systemuserid);
  if (id !== undefined) deleteRow(state, requireTable(state, 'teammembership'), id, state.application);
}

function touch(state: OrganizationState, name: string, id: string): void {
  const table = requireTable(state, name);
  updateRow(state, { table, body: {}, actor: state.application, isPrivileged: true }, id);
}

/** Whether the rows of team and users get new versions too is not documented: a switch (facts, section 10). */
function touchAll(state: OrganizationState, team: string, users: readonly string[]): void {
  if (!state.settings.doMembershipsTouchRows) return;
  touch(state, 'team', team);
  for (const user of users) touch(state, 'systemuser', user);
}

/** AddMembersTeam and RemoveMembersTeam: rows of `teammembership` come and go (facts, section 3.8). */
export function changeMembers(
  kind: 'add' | 'remove',
): (state: OrganizationState, call: Call, target: OperationTarget) => Answer {
  return (state, call, target) => {
    const table = requireTable(state, 'team');
    requirePrivilege(state, 'Write', table);
    const team = String(requireRow(state, table, target.table === table ? target.id : undefined)['teamid']);
    const { Members: members } = parametersOf(call);
    if (!Array.isArray(members))
      throw badRequest(errorCodes.invalidArgument, "The parameter 'Members' is required.");
    const systemuser = requireTable(state, 'systemuser');
    const users = members.map((member: unknown) => {
      const id = isMembers(member) ? (member['systemuserid'] ?? member['ownerid']) : undefined;
      return String(requireRow(state, systemuser, id)['systemuserid']);
    });
    inTransaction(state, () => {
      for (const user of users) (kind === 'add' ? add : remove)(state, team, user);
      touchAll(state, team, users);
    });
    return emptyAnswer(204);
  };
}
