import type { FieldRow, ObjectLink, ObjectType } from './objectType.ts';
import { fieldTable } from './objectType.ts';

const key = { length: 50, fixed: true };
const line = { length: 255 };
const typeTimes = { createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };

/** Fields that persons inherit from their company; the same names exist on persons (facts 2.4). */
export const companyFieldRows: readonly FieldRow[] = [
  ['company', 'Company Name', 'string', line],
  ['site', 'Site', 'string', line],
  ['billingStreet', 'Billing Address', 'text'],
  ['billingCity', 'Billing City', 'string', line],
  ['billingState', 'Billing State', 'string', line],
  ['billingCountry', 'Billing Country', 'string', line],
  ['billingPostalCode', 'Billing Postal Code', 'string', line],
  ['website', 'Website', 'url', line],
  ['mainPhone', 'Main Phone', 'phone', line],
  ['annualRevenue', 'Annual Revenue', 'currency'],
  ['numberOfEmployees', 'Num Employees', 'integer'],
  ['industry', 'Industry', 'string', line],
  ['sicCode', 'SIC Code', 'string', { length: 40 }],
  ['mktoCompanyNotes', 'Company Notes', 'text'],
];

const toSalesPerson: ObjectLink = {
  field: 'externalSalesPersonId',
  parent: 'salesPerson',
  parentField: 'externalSalesPersonId',
  reason: { code: '718', message: 'ExternalSalesPersonID not found' },
  holdsParent: true,
};

const company: ObjectType = {
  ...typeTimes,
  name: 'company',
  displayName: 'Company',
  description: 'Company object',
  idField: 'id',
  dedupeFields: ['externalCompanyId'],
  filters: ['company'],
  fields: fieldTable(
    'id',
    [
      ['externalCompanyId', 'External Company Id', 'string', key],
      ['externalSalesPersonId', 'External Sales Person Id', 'string', { length: 50 }],
      ...companyFieldRows,
    ],
    2001,
  ),
  required: [],
  links: [toSalesPerson],
  underCrm: 'readOnly',
};

const opportunityRows: readonly FieldRow[] = [
  ['externalOpportunityId', 'External Opportunity Id', 'string', key],
  ['name', 'Name', 'string', line],
  ['description', 'Description', 'string', { length: 2000 }],
  ['type', 'Type', 'string', line],
  ['stage', 'Stage', 'string', line],
  ['source', 'Source', 'string', line],
  ['leadSource', 'Lead Source', 'string', line],
  ['nextStep', 'Next Step', 'string', line],
  ['amount', 'Amount', 'currency'],
  ['expectedRevenue', 'Expected Revenue', 'currency'],
  ['probability', 'Probability', 'percent'],
  ['quantity', 'Quantity', 'float'],
  ['closeDate', 'Close Date', 'date'],
  ['isClosed', 'Is Closed', 'boolean'],
  ['isWon', 'Is Won', 'boolean'],
  ['lastActivityDate', 'Last Activity Date', 'date'],
  ['fiscal', 'Fiscal', 'string', line],
  ['fiscalQuarter', 'Fiscal Quarter', 'integer'],
  ['fiscalYear', 'Fiscal Year', 'integer'],
  ['forecastCategoryName', 'Forecast Category Name', 'string', line],
  ['externalCreatedDate', 'External Created Date', 'datetime'],
  ['externalCompanyId', 'External Company Id', 'string', { length: 50 }],
  ['externalSalesPersonId', 'External Sales Person Id', 'string', { length: 50 }],
];

const opportunity: ObjectType = {
  ...typeTimes,
  name: 'opportunity',
  displayName: 'Opportunity',
  description: 'Opportunity object',
  idField: 'marketoGUID',
  dedupeFields: ['externalOpportunityId'],
  filters: [],
  fields: fieldTable('marketoGUID', opportunityRows, 2101),
  required: ['name'],
  links: [
    toSalesPerson,
    {
      field: 'externalCompanyId',
      parent: 'company',
      parentField: 'externalCompanyId',
      reason: { code: '718', message: 'ExternalCompanyId not found' },
      holdsParent: true,
    },
  ],
  underCrm: 'readOnly',
};

const roleRows: readonly FieldRow[] = [
  ['externalOpportunityId', 'External Opportunity Id', 'string', key],
  ['leadId', 'Lead Id', 'integer', { fixed: true }],
  ['role', 'Role', 'string', key],
  ['isPrimary', 'Is Primary', 'boolean'],
  ['externalCreatedDate', 'External Created Date', 'datetime'],
];

const opportunityRole: ObjectType = {
  ...typeTimes,
  name: 'opportunityRole',
  displayName: 'Opportunity Role',
  description: 'Opportunity Role object',
  idField: 'marketoGUID',
  dedupeFields: ['externalOpportunityId', 'leadId', 'role'],
  filters: ['leadId', 'externalOpportunityId'],
  fields: fieldTable('marketoGUID', roleRows, 2201),
  required: [],
  links: [
    {
      field: 'externalOpportunityId',
      parent: 'opportunity',
      parentField: 'externalOpportunityId',
      reason: { code: '1013', message: 'Opportunity not found' },
      holdsParent: true,
    },
    {
      field: 'leadId',
      parent: 'lead',
      parentField: 'id',
      reason: { code: '1004', message: 'Lead not found' },
      holdsParent: false,
    },
  ],
  underCrm: 'closed',
};

const salesPersonRows: readonly FieldRow[] = [
  ['externalSalesPersonId', 'External Sales Person Id', 'string', key],
  // The describe sample calls email not updateable, the upsert sample sends it all the same.
  ['email', 'Email', 'string', { length: 255, fixed: true }],
  ['firstName', 'First Name', 'string', line],
  ['lastName', 'Last Name', 'string', line],
  ['title', 'Title', 'string', line],
  ['phone', 'Phone', 'phone', line],
  ['mobilePhone', 'Mobile Phone', 'phone', line],
  ['fax', 'Fax', 'phone', line],
];

const salesPerson: ObjectType = {
  ...typeTimes,
  name: 'salesPerson',
  displayName: 'Sales Person',
  description: 'Sales Person object',
  idField: 'id',
  dedupeFields: ['externalSalesPersonId'],
  filters: ['email'],
  fields: fieldTable('id', salesPersonRows, 2301),
  required: [],
  links: [],
  underCrm: 'readOnly',
};

const namedAccountRows: readonly FieldRow[] = [
  ['name', 'Name', 'string', { length: 255, fixed: true }],
  ['domainName', 'Domain Name', 'string', line],
  ['industry', 'Industry', 'string', line],
  ['city', 'City', 'string', line],
  ['state', 'State', 'string', line],
  ['country', 'Country', 'string', line],
  ['sicCode', 'SIC Code', 'string', { length: 40 }],
  ['annualRevenue', 'Annual Revenue', 'currency'],
  ['numberOfEmployees', 'Number of Employees', 'integer'],
];

const namedAccount: ObjectType = {
  ...typeTimes,
  name: 'namedAccount',
  displayName: 'Named Account',
  description: 'Marketo standard account attribute map',
  idField: 'marketoGUID',
  dedupeFields: ['name'],
  filters: namedAccountRows.slice(1).map(([name]) => name),
  fields: fieldTable('marketoGUID', namedAccountRows, 2401),
  required: [],
  links: [],
  underCrm: 'open',
};

/** The types that every subscription has. */
export const standardTypes: readonly ObjectType[] = [
  company,
  opportunity,
  opportunityRole,
  salesPerson,
  namedAccount,
];
