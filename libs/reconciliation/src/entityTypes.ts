import type { InboxMessage } from '@lockstep/change-events';
import { type CustomEntity, heldRows } from './customEntity.ts';
import type { EntityType } from './entityType.ts';
import { goldenIdOf } from './goldenIds.ts';
import type { GoldenEntity } from './goldenRecord.ts';
import { rowKey } from './linkedRow.ts';
import { type MappingRow, ownerTables } from './mapping.ts';

/** The records beside persons that are there without configuration. */
export type BuiltInEntity = 'account' | 'user' | 'team' | 'opportunity' | 'role' | 'connectionrole';

type Extras = Partial<Pick<MappingRow, 'type' | 'parents' | 'through' | 'key' | 'needed' | 'otherwise'>>;

/** Golden fields have Marketo's names. */
const rowsOf = (table: string, rows: readonly (readonly [string, string, Extras?])[]): MappingRow[] =>
  rows.map(([column, field, extras]) => ({
    field,
    type: 'string',
    direction: 'to-marketo',
    columns: { [table]: column },
    marketo: field,
    ...extras,
  }));

/** In place of a column, of a relation to the row itself. */
export const rowItself = '@row';

const account: EntityType = {
  entity: 'account',
  table: 'account',
  marketo: 'company',
  key: 'externalCompanyId',
  onDelete: 'keep',
  mapping: rowsOf('account', [
    ['name', 'company'],
    ['address1_line1', 'billingStreet'],
    ['address1_city', 'billingCity'],
    ['address1_country', 'billingCountry'],
    ['address1_postalcode', 'billingPostalCode'],
    ['telephone1', 'mainPhone'],
    ['revenue', 'annualRevenue', { type: 'decimal' }],
    ['description', 'mktoCompanyNotes'],
    ['industrycode', 'industry', { type: 'option' }],
    ['sic', 'sicCode'],
    ['websiteurl', 'website'],
    ['numberofemployees', 'numberOfEmployees', { type: 'integer' }],
    ['ownerid', 'externalSalesPersonId', { parents: ownerTables }],
  ]),
};

const user: EntityType = {
  entity: 'user',
  table: 'systemuser',
  marketo: 'salesperson',
  key: 'externalSalesPersonId',
  onDelete: 'keep',
  mapping: rowsOf('systemuser', [
    ['internalemailaddress', 'email'],
    ['firstname', 'firstName'],
    ['lastname', 'lastName'],
    ['jobtitle', 'title'],
    ['mobilephone', 'mobilePhone'],
  ]),
};

const team: EntityType = {
  entity: 'team',
  table: 'team',
  marketo: 'salesperson',
  key: 'externalSalesPersonId',
  onDelete: 'keep',
  mapping: rowsOf('team', [
    ['emailaddress', 'email'],
    ['name', 'lastName'],
  ]),
};

/** An opportunity of a contact is one of that contact's company (native-sync 2.3). */
const companyOfContact = { tables: ['contact'], field: 'companyId', parents: ['account'] };

const opportunity: EntityType = {
  entity: 'opportunity',
  table: 'opportunity',
  marketo: 'opportunity',
  key: 'externalOpportunityId',
  onDelete: 'delete',
  mapping: rowsOf('opportunity', [
    ['name', 'name'],
    ['statecode', 'stage', { type: 'option' }],
    ['closeprobability', 'probability', { type: 'integer' }],
    ['actualclosedate', 'closeDate'],
    ['estimatedvalue', 'amount', { type: 'decimal' }],
    ['description', 'description'],
    ['customerid', 'externalCompanyId', { parents: ['account', 'contact'], through: companyOfContact }],
    ['ownerid', 'externalSalesPersonId', { parents: ownerTables }],
  ]),
};

const part = { key: true } as const;

/** What a role is called that Dynamics gives no name, by where it comes from. */
const roleNames = { connection: 'Stakeholder', opportunity: 'Potential Customer' };

/** The columns of an opportunity that make a role of its customer, where that is a contact (native-sync 2.3): it names no connection role. */
const customerColumns: Readonly<Record<string, string>> = {
  externalOpportunityId: rowItself,
  leadId: 'customerid',
  role: 'customerid',
};

/**
 * A stakeholder: a connection of an opportunity with a contact; of the pair of rows, the one that begins at the opportunity. Or
 * the contact who is the customer of an opportunity.
 */
const role: EntityType = {
  entity: 'role',
  table: 'connection',
  marketo: 'role',
  key: null,
  onDelete: 'delete',
  mapping: rowsOf('connection', [
    ['record1id', 'externalOpportunityId', { ...part, parents: ['opportunity'] }],
    ['record2id', 'leadId', { ...part, needed: true, type: 'integer', parents: ['contact'] }],
    ['record2roleid', 'role', { ...part, parents: ['connectionrole'], otherwise: roleNames }],
  ]).map((row) => ({ ...row, columns: { ...row.columns, opportunity: customerColumns[row.field] ?? '' } })),
};

const connectionRole: EntityType = {
  entity: 'connectionrole',
  table: 'connectionrole',
  marketo: null,
  key: null,
  onDelete: 'keep',
  mapping: rowsOf('connectionrole', [['name', 'name']]),
};

/** The default mapping of records beside persons (native-sync 2.4, marketo-rest 2.6). */
export const entityTypes: Readonly<Record<BuiltInEntity, EntityType>> = {
  account,
  user,
  team,
  opportunity,
  role,
  connectionrole: connectionRole,
};

/** The type of a built-in entity. */
export function builtInType(entity: GoldenEntity): EntityType | undefined {
  return Object.values(entityTypes).find((type) => type.entity === entity);
}

/** The built-in entity of a table; undefined for persons and for custom tables. */
export function builtInOfTable(table: string): GoldenEntity | undefined {
  return Object.values(entityTypes).find((type) => type.table === table)?.entity;
}

const personTables: ReadonlySet<string> = new Set(['lead', 'contact']);

/** The entity of a table; undefined for persons. */
export function entityOfTable(table: string): GoldenEntity | undefined {
  return personTables.has(table) ? undefined : (builtInOfTable(table) ?? table);
}

/** The entity of a record that a message tells of for the first time. */
export function entityIn(message: InboxMessage): GoldenEntity | undefined {
  if (message.kind !== 'event') return undefined;

  if (message.system === 'marketo') return companyIn(message);

  return isCustomerRole(message) ? 'role' : entityOfTable(message.table);
}

/** The key of the role that the customer of an opportunity has; its record is told of the opportunity too. */
export const customerRoleKey = (opportunityId: string): string =>
  rowKey({ system: 'dynamics', table: 'opportunity.customer', id: opportunityId });

const isCustomerRole = ({ table, goldenId, event }: Extract<InboxMessage, { kind: 'event' }>): boolean =>
  table === 'opportunity' && goldenId === goldenIdOf(customerRoleKey(event.recordId));

/** What a person shows of a company is said to the record of the account, be that there or not. */
function companyIn({ goldenId, event }: Extract<InboxMessage, { kind: 'event' }>): GoldenEntity | undefined {
  const key = rowKey({ system: 'dynamics', table: 'account', id: event.recordId });

  return goldenId === goldenIdOf(key) ? 'account' : undefined;
}

/** A mapping without relations to tables that are not read. */
export function mappingFor(mapping: readonly MappingRow[], tables: readonly string[]): readonly MappingRow[] {
  return mapping.filter(
    (row) => !row.parents || row.otherwise || endsOf(row).some((table) => tables.includes(table)),
  );
}

/** Tables of those whom a relation names in the end. */
export const endsOf = ({ parents = [], through }: MappingRow): readonly string[] =>
  through ? [...parents.filter((table) => !through.tables.includes(table)), ...through.parents] : parents;

/** What rules may say of records beside persons. */
export type EntityRules = {
  readonly customs?: readonly CustomEntity[];
  /** Fields of companies whose edits in Marketo go to the account. */
  readonly writeBack?: readonly string[];
  /** Mappings in place of default ones. */
  readonly entityMappings?: Readonly<Record<GoldenEntity, readonly MappingRow[]>>;
};

/** The mappings of records beside persons, likewise; custom ones bring what they need of the rows between them and a person. */
export function entityMappingsFor(
  tables: readonly string[],
  { customs = [], writeBack = [], entityMappings = {} }: EntityRules = {},
): Readonly<Record<GoldenEntity, readonly MappingRow[]>> {
  const types = [...Object.values(entityTypes), ...customs.map(({ type }) => type)];
  const mappings = types.map(({ entity, table, mapping }) => [
    entity,
    [...mappingFor(entityMappings[entity] ?? mapping, tables), ...heldRows(table, customs)],
  ]);
  const all = Object.fromEntries(mappings) as Record<BuiltInEntity, readonly MappingRow[]>;
  return { ...all, account: withWriteBack(all.account, writeBack) };
}

/** The mapping of accounts, of which these fields of companies go to Dynamics too; Dynamics wins conflicts, as everywhere (F-03). */
function withWriteBack(mapping: readonly MappingRow[], fields: readonly string[]): readonly MappingRow[] {
  const dynamicsWins = { lead: 'dynamics', contact: 'dynamics' } as const;

  return mapping.map((row) =>
    fields.includes(row.field) ? { ...row, direction: 'both', conflict: dynamicsWins } : row,
  );
}
