import type { ColumnDefinition, DeleteBehavior, NavigationDefinition } from './columnDefinition.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** One side of a many-to-many relationship. */
export interface ManySide {
  readonly table: string;
  /** The column of the intersect table that holds this side's id. */
  readonly column: string;
  /** Collection-valued navigation property of this side's table that leads to the other side. */
  readonly navigation: string;
}

/** A many-to-many relationship: its rows live in the intersect table. */
export interface ManyToMany {
  readonly schemaName: string;
  readonly intersect: string;
  readonly sides: readonly [ManySide, ManySide];
}

/** A lookup seen as a relationship. For owners `target` is `owner`, the principal. */
export interface OneToMany {
  readonly schemaName: string;
  readonly table: string;
  readonly column: ColumnDefinition;
  /** Single-valued navigation property of the table that holds the lookup. */
  readonly navigation: string;
  readonly target: string;
  /** What a delete of the row that it points at does. */
  readonly onDelete: DeleteBehavior;
}

/** Schema names that do not follow a pattern, by table and navigation property (facts, section 6). */
const stockNames: Readonly<Record<string, string>> = {
  'lead.customerid_account': 'lead_customer_accounts',
  'lead.customerid_contact': 'lead_customer_contacts',
  'lead.qualifyingopportunityid': 'lead_qualifying_opportunity',
  'lead.parentaccountid': 'lead_parent_account',
  'lead.parentcontactid': 'lead_parent_contact',
  'contact.parentcustomerid_account': 'contact_customer_accounts',
  'contact.parentcustomerid_contact': 'contact_customer_contacts',
  'contact.originatingleadid': 'contact_originating_lead',
  'account.originatingleadid': 'account_originating_lead',
  'account.primarycontactid': 'account_primary_contact',
  'account.parentaccountid': 'account_parent_account',
  'opportunity.originatingleadid': 'opportunity_originating_lead',
  'opportunity.customerid_account': 'opportunity_customer_accounts',
  'opportunity.customerid_contact': 'opportunity_customer_contacts',
  'opportunity.parentaccountid': 'opportunity_parent_account',
  'opportunity.parentcontactid': 'opportunity_parent_contact',
};

/** Stock relationships whose children do not just lose the link (Microsoft's table reference, `CascadeConfiguration`). */
const stockDeletes: Readonly<Record<string, DeleteBehavior>> = {
  contact_customer_accounts: 'Cascade',
  lead_customer_accounts: 'Cascade',
  lead_customer_contacts: 'Cascade',
  opportunity_customer_accounts: 'Cascade',
  opportunity_customer_contacts: 'Cascade',
  'connection.record1id': 'Cascade',
  'connection.record2id': 'Cascade',
  'listmember.listid': 'Cascade',
  'listmember.entityid': 'Cascade',
  'fieldpermission.fieldsecurityprofileid': 'Cascade',
  'sdkmessageprocessingstep.eventhandler': 'Cascade',
  'systemuser.businessunitid': 'Restrict',
  'team.businessunitid': 'Restrict',
};

const principals = new Set(['systemuser', 'team', 'businessunit']);

function deleteBehavior(
  table: TableDefinition,
  { name }: ColumnDefinition,
  { table: target, onDelete }: NavigationDefinition,
  schemaName: string,
): DeleteBehavior {
  const known = onDelete ?? stockDeletes[schemaName] ?? stockDeletes[`${table.name}.${name}`];
  if (known) return known;
  if (name === 'regardingobjectid') return 'Cascade';
  if (name === 'transactioncurrencyid') return 'Restrict';
  return principals.has(target) ? 'NoCascade' : 'RemoveLink';
}

function patternName(table: string, column: string): string | undefined {
  if (column === 'ownerid') return `owner_${table}s`;
  if (column === 'owningbusinessunit') return `business_unit_${table}s`;
  if (column === 'owningteam') return `team_${table}s`;
  if (column === 'owninguser') return `${table}_owning_user`;
  if (column === 'masterid') return `${table}_master_${table}`;
  if (column === 'transactioncurrencyid') return `transactioncurrency_${table}`;
  return /^(created|modified)(onbehalf)?by$/.test(column) ? `lk_${table}base_${column}` : undefined;
}

function relationshipName(
  table: TableDefinition,
  column: ColumnDefinition,
  { property, table: target, relationship }: NavigationDefinition,
): string {
  return (
    relationship ??
    stockNames[`${table.name}.${property}`] ??
    patternName(table.name, column.name) ??
    `${target}_${table.name}_${column.name}`
  );
}

function relationship(
  table: TableDefinition,
  column: ColumnDefinition,
  navigation: NavigationDefinition,
): OneToMany {
  const schemaName = relationshipName(table, column, navigation);
  return {
    schemaName,
    table: table.name,
    column,
    navigation: navigation.property,
    target: column.name === 'ownerid' ? 'owner' : navigation.table,
    onDelete: deleteBehavior(table, column, navigation, schemaName),
  };
}

/** The lookups of a table as relationships; the owner's two targets are one relationship to the principal. */
export function manyToOne(table: TableDefinition): readonly OneToMany[] {
  const found = table.columns.flatMap((column) =>
    (column.navigation ?? []).map((navigation) => relationship(table, column, navigation)),
  );
  return [...new Map(found.map((each) => [each.schemaName, each])).values()];
}

/** The relationships that lead to a table. Their schema names are its collection-valued navigation properties. */
export function oneToMany(tables: Iterable<TableDefinition>, target: string): readonly OneToMany[] {
  return [...tables].flatMap((table) => manyToOne(table).filter((each) => each.target === target));
}
