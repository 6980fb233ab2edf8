import { LosslessNumber } from 'lossless-json';
import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { Row } from '../../core/columnDefinition.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import { inTransaction } from '../../core/transaction.ts';
import { createRow, updateRow } from '../../core/writeRow.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operation.ts';
import { requirePrivilege } from '../privileges.ts';
import { etagOf } from '../rowText.ts';
import {
  isMembers,
  knownMembers,
  lookupMembers,
  parametersOf,
  requireRow,
  requireTable,
  wholeOf,
  type Members,
} from './actionBody.ts';

const notMapped = new Set(['createdon', 'modifiedon', 'statecode', 'statuscode', 'versionnumber', 'leadid']);

/** What is copied at the least. */
const nameColumns = new Set(['firstname', 'lastname', 'companyname', 'subject']);

/** Money is stored as text and written as a number. */
function asWritten(value: unknown, type: string | undefined): unknown {
  return type === 'Money' || type === 'Decimal' ? new LosslessNumber(String(value)) : value;
}

function isCopied({ settings }: OrganizationState, name: string): boolean {
  return settings.qualifyCopies === 'namesakes' || nameColumns.has(name);
}

/** Columns of the lead that have a namesake: only mapped columns copy (facts, section 3.8). */
function mapped(state: OrganizationState, lead: Row, target: string): Members {
  const table = requireTable(state, target);
  const source = requireTable(state, 'lead');
  const names = source.columns.filter(
    ({ name, isValidForCreate, type }) =>
      isValidForCreate && type !== 'Lookup' && !notMapped.has(name) && isCopied(state, name),
  );
  const copied = names.map(({ property, type }) => {
    const value = lead[property];
    return [property, value === undefined ? null : asWritten(value, type)] as const;
  });
  return knownMembers(table, Object.fromEntries(copied));
}

interface Created {
  readonly table: string;
  readonly row: Row;
}

function create(state: OrganizationState, name: string, members: Members): Created {
  const table = requireTable(state, name);
  requirePrivilege(state, 'Create', table);
  const body = knownMembers(table, members);
  const { id, after } = createRow(state, { table, body, actor: state.application, isPrivileged: true });
  return { table: name, row: after ?? { [table.key]: id } };
}

/** A reference among the parameters: the table's key, or `@odata.id`. */
function referenceOf(parameter: unknown, key: string): unknown {
  if (!isMembers(parameter)) return undefined;
  return parameter[key] ?? /\(([^)]+)\)$/.exec(String(parameter['@odata.id']))?.[1];
}

function customerOf(
  parameters: Members,
  account: Created | undefined,
  contact: Created | undefined,
): Members {
  const given = parameters['OpportunityCustomerId'];
  const isContact = isMembers(given) && String(given['@odata.type']).endsWith('.contact');
  const table = isContact ? 'contact' : 'account';
  const asked = referenceOf(given, `${table}id`);
  if (asked !== undefined) return lookupMembers('customerid', table, asked);
  if (account) return lookupMembers('customerid', 'account', account.row['accountid']);
  return contact ? lookupMembers('customerid', 'contact', contact.row['contactid']) : {};
}

function referenceMembers(column: string, table: string, id: unknown): Members {
  return id === undefined ? {} : lookupMembers(column, table, id);
}

function createAccount(state: OrganizationState, lead: Row, origin: Members): Created {
  const name = lead['companyname'] ?? lead['fullname'];
  return create(state, 'account', { ...mapped(state, lead, 'account'), name, ...origin });
}

function createOpportunity(
  state: OrganizationState,
  lead: Row,
  parameters: Members,
  parents: { readonly account: Created | undefined; readonly contact: Created | undefined },
): Created {
  const { account, contact } = parents;
  const campaign = referenceOf(parameters['SourceCampaignId'], 'campaignid') ?? lead['_campaignid_value'];
  const currency = referenceOf(parameters['OpportunityCurrencyId'], 'transactioncurrencyid');
  return create(state, 'opportunity', {
    ...mapped(state, lead, 'opportunity'),
    name: lead['subject'] ?? lead['fullname'],
    ...customerOf(parameters, account, contact),
    ...referenceMembers('parentaccountid', 'account', account?.row['accountid']),
    ...referenceMembers('parentcontactid', 'contact', contact?.row['contactid']),
    ...referenceMembers('campaignid', 'campaign', campaign),
    ...referenceMembers('transactioncurrencyid', 'transactioncurrency', currency),
    ...lookupMembers('originatingleadid', 'lead', lead['leadid']),
  });
}

function createAll(state: OrganizationState, lead: Row, parameters: Members): readonly Created[] {
  const origin = lookupMembers('originatingleadid', 'lead', lead['leadid']);
  const account = parameters['CreateAccount'] === true ? createAccount(state, lead, origin) : undefined;
  const parent = referenceMembers('parentcustomerid', 'account', account?.row['accountid']);
  const contact =
    parameters['CreateContact'] === true
      ? create(state, 'contact', { ...mapped(state, lead, 'contact'), ...parent, ...origin })
      : undefined;
  const opportunity =
    parameters['CreateOpportunity'] === true
      ? createOpportunity(state, lead, parameters, { account, contact })
      : undefined;
  return [account, contact, opportunity].flatMap((each) => each ?? []);
}

function closeLead(state: OrganizationState, lead: Row, status: number, created: readonly Created[]): void {
  const table = requireTable(state, 'lead');
  const opportunity = created.find((each) => each.table === 'opportunity');
  const body = {
    statecode: 1,
    statuscode: status === -1 ? 3 : status,
    ...(opportunity
      ? lookupMembers('qualifyingopportunityid', 'opportunity', opportunity.row['opportunityid'])
      : {}),
  };
  const request = { table, body: knownMembers(table, body), actor: state.application, isPrivileged: true };
  updateRow(state, request, String(lead['leadid']));
}

function checkParameters(parameters: Members): number {
  for (const name of ['CreateAccount', 'CreateContact', 'CreateOpportunity'])
    if (typeof parameters[name] !== 'boolean')
      throw badRequest(errorCodes.invalidArgument, `The parameter '${name}' is required.`);
  const status = wholeOf(parameters['Status']);
  if (status === undefined)
    throw badRequest(errorCodes.invalidArgument, "The parameter 'Status' is required.");
  return status;
}

/** QualifyLead: closes the lead and answers the rows made from it (facts, section 3.8). */
export function qualifyLead(state: OrganizationState, call: Call, target: OperationTarget): Answer {
  const parameters = parametersOf(call);
  const table = requireTable(state, 'lead');
  requirePrivilege(state, 'Write', table);
  const lead = requireRow(state, table, target.table?.name === 'lead' ? target.id : undefined);
  const status = checkParameters(parameters);
  if (lead['statecode'] !== 0)
    throw badRequest('0x80081018', 'The lead is already closed and cannot be qualified.');
  const created = inTransaction(state, () => {
    const rows = createAll(state, lead, parameters);
    closeLead(state, lead, status, rows);
    return rows;
  });
  const value = created.map(({ table: name, row }) => {
    const { key, primaryName } = requireTable(state, name);
    return {
      '@odata.type': `#Microsoft.Dynamics.CRM.${name}`,
      '@odata.etag': etagOf(row),
      [key]: row[key],
      [primaryName]: row[primaryName] ?? null,
      _originatingleadid_value: row['_originatingleadid_value'] ?? null,
    };
  });
  const context = `${call.base}/$metadata#Collection(Microsoft.Dynamics.CRM.crmbaseentity)`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, value }));
}
