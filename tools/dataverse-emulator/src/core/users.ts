import type { Application } from './application.ts';
import { userId, type Actor } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import { defaultCurrencyId } from './completeRow.ts';
import { addMessageRows } from './messageRows.ts';
import { deleteRow } from './deleteRow.ts';
import { createRow, updateRow } from './writeRow.ts';

/** The service itself. */
export const system: Actor = { id: userId('SYSTEM'), name: 'SYSTEM', kind: 'application' };

/** Name of the human who edits when the control API is not told another. */
export const defaultHumanName = 'sales user';

function addUser(state: OrganizationState, id: string, fields: Readonly<Record<string, unknown>>): void {
  const table = state.tables.get('systemuser');
  if (!table || state.store.row('systemuser', id)) return;
  const unit = { _businessunitid_value: state.identity.businessUnitId };
  const body = { systemuserid: id, ...unit, ...fields };
  createRow(state, { table, body, actor: system, isPrivileged: true });
}

/** The user of that name; created as a row of `systemuser` on first use. */
export function humanActor(state: OrganizationState, name: string = defaultHumanName): Actor {
  const id = userId(name);
  const mailbox = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@example.com`;
  addUser(state, id, { fullname: name, domainname: mailbox, internalemailaddress: mailbox });
  return { id, name, kind: 'human' };
}

/** The row of `systemuser` as which an application acts (facts, section 5). */
export function addApplicationUser(state: OrganizationState, { actor, clientId }: Application): void {
  addUser(state, actor.id, { fullname: actor.name, applicationid: clientId, accessmode: 4 });
}

function addRow(state: OrganizationState, name: string, body: Readonly<Record<string, unknown>>): void {
  const table = state.tables.get(name);
  if (table) createRow(state, { table, body, actor: system, isPrivileged: true });
}

/** The row of the organisation itself. */
export function addOrganizationRow(state: OrganizationState): void {
  addRow(state, 'organization', {
    organizationid: state.identity.organizationId,
    name: 'Emulated organisation',
    expirechangetrackingindays: state.settings.retentionDays,
    expiresubscriptionsindays: state.settings.metadataRetentionDays,
    pricingdecimalprecision: 2,
    languagecode: 1033,
    _basecurrencyid_value: defaultCurrencyId,
  });
}

/** Takes the row of an organisation that is no more. */
export function removeOrganizationRow(state: OrganizationState, id: string): void {
  const table = state.tables.get('organization');
  if (table && state.store.row(table.name, id)) deleteRow(state, table, id, system);
}

/** Puts the rows every organisation has in place: itself, its unit and currency, the application user, one human, the messages. */
export function addStandingRows(state: OrganizationState): void {
  addRow(state, 'businessunit', {
    businessunitid: state.identity.businessUnitId,
    name: 'Emulated organisation',
  });
  addRow(state, 'transactioncurrency', {
    transactioncurrencyid: defaultCurrencyId,
    currencyname: 'Euro',
    isocurrencycode: 'EUR',
    currencysymbol: '€',
    currencyprecision: 2,
    exchangerate: 1,
  });
  addOrganizationRow(state);
  addUser(state, state.application.id, {
    fullname: '# application',
    applicationid: state.identity.clientId,
    accessmode: 4,
  });
  humanActor(state);
  addMessageRows(state);
}

/** Carries the settings of retention into the organisation's row, where clients read it (facts, section 1.5). */
export function publishRetention(state: OrganizationState): void {
  const table = state.tables.get('organization');
  const { retentionDays, metadataRetentionDays } = state.settings;
  const body = {
    expirechangetrackingindays: retentionDays,
    expiresubscriptionsindays: metadataRetentionDays,
  };
  if (table)
    updateRow(state, { table, body, actor: system, isPrivileged: true }, state.identity.organizationId);
}
