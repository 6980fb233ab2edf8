import type { FieldDefinition, FieldType, TableDefinition } from './fields.ts';

const field =
  (type: FieldType) =>
  (name: string): FieldDefinition => ({ name, type });

/** Columns that lead and contact share in the default mapping (native-sync 2.4). */
const personFields: readonly FieldDefinition[] = [
  ...[
    'salutation',
    'firstname',
    'middlename',
    'lastname',
    'emailaddress1',
    'jobtitle',
    'telephone1',
    'telephone2',
    'mobilephone',
    'address1_line1',
    'address1_line2',
    'address1_line3',
    'address1_city',
    'address1_stateorprovince',
    'address1_country',
    'address1_postalcode',
    'description',
    'mkt_lastinterestingmomentdesc',
    'mkt_leadinterestingmomentsource',
    'mkt_lastinterestingmomenttype',
  ].map(field('string')),
  ...[
    'donotphone',
    'donotbulkemail',
    'donotemail',
    'donotfax',
    'donotsendmm',
    'new_synctomkto',
    'merged',
  ].map(field('boolean')),
  ...['statecode', 'statuscode', 'preferredcontactmethodcode'].map(field('option')),
  ...['mkt_relativescore', 'mkt_priority', 'mkt_urgency', 'mkt_leadscore'].map(field('integer')),
  ...['createdon', 'mkt_lastinterestingmomentdate'].map(field('timestamp')),
  ...['ownerid', 'masterid'].map(field('lookup')),
];

const lead: TableDefinition = {
  table: 'lead',
  entitySet: 'leads',
  primaryKey: 'leadid',
  fields: [
    ...personFields,
    ...['fax', 'companyname', 'subject'].map(field('string')),
    ...['leadsourcecode', 'leadqualitycode'].map(field('option')),
    field('decimal')('revenue'),
  ],
};

const contact: TableDefinition = {
  table: 'contact',
  entitySet: 'contacts',
  primaryKey: 'contactid',
  fields: [...personFields, ...['parentcustomerid', 'originatingleadid'].map(field('lookup'))],
};

const account: TableDefinition = {
  table: 'account',
  entitySet: 'accounts',
  primaryKey: 'accountid',
  fields: [
    ...[
      'name',
      'address1_line1',
      'address1_city',
      'address1_country',
      'address1_postalcode',
      'telephone1',
      'description',
      'sic',
      'websiteurl',
    ].map(field('string')),
    field('boolean')('new_synctomkto'),
    field('option')('industrycode'),
    field('integer')('numberofemployees'),
    field('decimal')('revenue'),
    field('lookup')('ownerid'),
  ],
};

const systemuser: TableDefinition = {
  table: 'systemuser',
  entitySet: 'systemusers',
  primaryKey: 'systemuserid',
  fields: ['firstname', 'lastname', 'internalemailaddress', 'jobtitle', 'mobilephone'].map(field('string')),
};

const team: TableDefinition = {
  table: 'team',
  entitySet: 'teams',
  primaryKey: 'teamid',
  fields: ['name', 'emailaddress'].map(field('string')),
};

const opportunity: TableDefinition = {
  table: 'opportunity',
  entitySet: 'opportunities',
  primaryKey: 'opportunityid',
  fields: [
    ...['name', 'description'].map(field('string')),
    field('boolean')('new_synctomkto'),
    field('option')('statecode'),
    field('integer')('closeprobability'),
    field('date')('actualclosedate'),
    field('decimal')('estimatedvalue'),
    ...['customerid', 'ownerid'].map(field('lookup')),
  ],
};

const connection: TableDefinition = {
  table: 'connection',
  entitySet: 'connections',
  primaryKey: 'connectionid',
  fields: ['record1id', 'record2id', 'record2roleid'].map(field('lookup')),
};

const connectionrole: TableDefinition = {
  table: 'connectionrole',
  entitySet: 'connectionroles',
  primaryKey: 'connectionroleid',
  fields: [field('string')('name')],
};

/** The tables that Lockstep itself consumes, with the columns of the default mapping. */
export const tableDefinitions: Readonly<Record<string, TableDefinition>> = {
  lead,
  contact,
  account,
  systemuser,
  team,
  opportunity,
  connection,
  connectionrole,
};
