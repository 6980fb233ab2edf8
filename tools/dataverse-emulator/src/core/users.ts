import { userId, type Actor, type OrganizationState } from './organizationState.ts';
import { createRow, updateRow } from './writeRow.ts';

const system: Actor = { id: userId('SYSTEM'), name: 'SYSTEM', kind: 'application' };

/** Name of the human who edits when the control API is not told another. */
export const defaultHumanName = 'sales user';

function addUser(state: OrganizationState, id: string, fields: Readonly<Record<string, unknown>>): void {
  const table = state.tables.get('systemuser');
  if (!table || state.store.row('systemuser', id)) return;
  createRow(state, { table, body: { systemuserid: id, ...fields }, actor: system, isPrivileged: true });
}

/** The user of that name; created as a row of `systemuser` on first use. */
export function humanActor(state: OrganizationState, name: string = defaultHumanName): Actor {
  const id = userId(name);
  const mailbox = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@example.com`;
  addUser(state, id, { fullname: name, domainname: mailbox, internalemailaddress: mailbox });
  return { id, name, kind: 'human' };
}

/** Puts the rows every organisation has in place: itself, the application user, one human. */
export function addStandingRows(state: OrganizationState): void {
  const table = state.tables.get('organization');
  const { organizationId, clientId } = state.identity;
  const body = {
    organizationid: organizationId,
    name: 'Emulated organisation',
    expirechangetrackingindays: state.settings.retentionDays,
  };
  if (table) createRow(state, { table, body, actor: system, isPrivileged: true });
  addUser(state, state.application.id, { fullname: '# application', applicationid: clientId });
  humanActor(state);
}

/** Carries the retention setting into the organisation's row, where clients read it (facts, section 1.5). */
export function publishRetention(state: OrganizationState): void {
  const table = state.tables.get('organization');
  const body = { expirechangetrackingindays: state.settings.retentionDays };
  if (table)
    updateRow(state, { table, body, actor: system, isPrivileged: true }, state.identity.organizationId);
}
