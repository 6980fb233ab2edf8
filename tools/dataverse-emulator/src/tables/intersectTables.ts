import { column, readOnly } from '../core/columnDefinition.ts';
import type { ManyToMany } from '../core/relationships.ts';
import { defineTable, type TableDefinition } from '../core/tableDefinition.ts';
import { keyColumn } from './commonColumns.ts';

interface IntersectParts {
  readonly name: string;
  readonly schemaName: string;
  readonly set: string;
  readonly key: string;
  readonly objectTypeCode: number;
  readonly columns: readonly [string, string];
  readonly changeTracking?: boolean;
}

/** An intersect table: the ids of both sides; it is written by association only (facts, section 3.8). */
export function intersectTable(parts: IntersectParts): TableDefinition {
  return defineTable({
    ...parts,
    key: parts.key.toLowerCase(),
    primaryName: parts.key.toLowerCase(),
    changeTracking: parts.changeTracking ?? false,
    isWritable: false,
    ownership: 'None',
    isIntersect: true,
    columns: [
      readOnly(keyColumn(parts.key)),
      ...parts.columns.map((name) => readOnly(column(name, 'Uniqueidentifier'))),
      readOnly(column('VersionNumber', 'BigInt')),
    ],
  });
}

/** The tables between many-to-many relationships. */
export const intersectTables: readonly TableDefinition[] = [
  intersectTable({
    name: 'teammembership',
    schemaName: 'TeamMembership',
    set: 'teammemberships',
    key: 'TeamMembershipId',
    objectTypeCode: 23,
    columns: ['TeamId', 'SystemUserId'],
    changeTracking: true,
  }),
  intersectTable({
    name: 'systemuserprofiles',
    schemaName: 'SystemUserProfiles',
    set: 'systemuserprofilescollection',
    key: 'SystemUserProfileId',
    objectTypeCode: 1202,
    columns: ['SystemUserId', 'FieldSecurityProfileId'],
  }),
  intersectTable({
    name: 'teamprofiles',
    schemaName: 'TeamProfiles',
    set: 'teamprofilescollection',
    key: 'TeamProfileId',
    objectTypeCode: 1203,
    columns: ['TeamId', 'FieldSecurityProfileId'],
  }),
  intersectTable({
    name: 'accountleads',
    schemaName: 'AccountLeads',
    set: 'accountleadscollection',
    key: 'AccountLeadId',
    objectTypeCode: 16,
    columns: ['AccountId', 'LeadId'],
  }),
  intersectTable({
    name: 'contactleads',
    schemaName: 'ContactLeads',
    set: 'contactleadscollection',
    key: 'ContactLeadId',
    objectTypeCode: 22,
    columns: ['ContactId', 'LeadId'],
  }),
  intersectTable({
    name: 'campaignitem',
    schemaName: 'CampaignItem',
    set: 'campaignitems',
    key: 'CampaignItemId',
    objectTypeCode: 4403,
    columns: ['CampaignId', 'EntityId'],
  }),
];

function between(name: string, intersect: string, first: string, second: string): ManyToMany {
  const side = (table: string): ManyToMany['sides'][0] => ({ table, column: `${table}id`, navigation: name });
  return { schemaName: name, intersect, sides: [side(first), side(second)] };
}

/** Members of marketing lists: `listmember` holds both sides as lookups. */
function onLists(table: string): ManyToMany {
  const name = `list${table}_association`;
  const side = (each: string, column: string): ManyToMany['sides'][0] => ({
    ...{ table: each, column, navigation: name },
  });
  const sides = [side('list', '_listid_value'), side(table, '_entityid_value')] as const;
  return { schemaName: name, intersect: 'listmember', sides };
}

const campaignLists: ManyToMany = {
  schemaName: 'campaignlist_association',
  intersect: 'campaignitem',
  sides: [
    { table: 'campaign', column: 'campaignid', navigation: 'campaignlist_association' },
    { table: 'list', column: 'entityid', navigation: 'campaignlist_association' },
  ],
};

/** The many-to-many relationships (facts, section 6); both sides' navigation properties have the same name. */
export const standardManyToMany: readonly ManyToMany[] = [
  between('teammembership_association', 'teammembership', 'team', 'systemuser'),
  between('systemuserprofiles_association', 'systemuserprofiles', 'systemuser', 'fieldsecurityprofile'),
  between('teamprofiles_association', 'teamprofiles', 'team', 'fieldsecurityprofile'),
  between('accountleads_association', 'accountleads', 'account', 'lead'),
  between('contactleads_association', 'contactleads', 'contact', 'lead'),
  campaignLists,
  ...['account', 'contact', 'lead'].map(onLists),
];
