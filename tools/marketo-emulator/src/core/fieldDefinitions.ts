import { partOf } from './partOf.ts';
import { defaultPartition } from './partition.ts';

/** Types of person fields that the emulator can check (facts/marketo-rest 2.3). */
export type DataType =
  | 'string'
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'integer'
  | 'float'
  | 'currency'
  | 'percent'
  | 'score'
  | 'date'
  | 'datetime'
  | 'boolean';

/** One person field: everything the emulator knows about it is in this row. */
export interface FieldDefinition {
  readonly id: number;
  /** REST name. */
  readonly name: string;
  readonly displayName: string;
  readonly dataType: DataType;
  /** Longest value in characters; absent where describe names none. */
  readonly length?: number;
  readonly readOnly?: boolean;
  readonly custom?: boolean;
  readonly description?: string;
  readonly isHidden?: boolean;
  readonly isSensitive?: boolean;
  readonly isHtmlEncodingInEmail?: boolean;
  /** Made by Create Lead Fields. */
  readonly isApiCreated?: boolean;
  /**
   * Changes are logged as Change Score (22) besides Change Data Value (13), Change Owner (23) too,
   * or Change Lead Partition (100) in its place.
   */
  readonly logged?: 'score' | 'owner' | 'partition';
  /** Value that every new person gets. */
  readonly initial?: string | number | boolean;
}

const standardFields: readonly FieldDefinition[] = [
  { id: 1, name: 'id', displayName: 'Id', dataType: 'integer', readOnly: true },
  { id: 4, name: 'company', displayName: 'Company Name', dataType: 'string', length: 255 },
  { id: 5, name: 'site', displayName: 'Site', dataType: 'string', length: 255 },
  { id: 6, name: 'billingStreet', displayName: 'Billing Address', dataType: 'text' },
  { id: 7, name: 'billingCity', displayName: 'Billing City', dataType: 'string', length: 255 },
  { id: 8, name: 'billingState', displayName: 'Billing State', dataType: 'string', length: 255 },
  { id: 9, name: 'billingCountry', displayName: 'Billing Country', dataType: 'string', length: 255 },
  { id: 10, name: 'billingPostalCode', displayName: 'Billing Postal Code', dataType: 'string', length: 255 },
  { id: 11, name: 'mainPhone', displayName: 'Main Phone', dataType: 'phone', length: 255 },
  { id: 12, name: 'sicCode', displayName: 'SIC Code', dataType: 'string', length: 40 },
  { id: 14, name: 'mktoCompanyNotes', displayName: 'Company Notes', dataType: 'text' },
  { id: 41, name: 'externalCompanyId', displayName: 'External Company Id', dataType: 'string', length: 50 },
  {
    id: 42,
    name: 'externalSalesPersonId',
    displayName: 'External Sales Person Id',
    dataType: 'string',
    length: 50,
    logged: 'owner',
  },
  { id: 13, name: 'annualRevenue', displayName: 'Annual Revenue', dataType: 'currency' },
  { id: 53, name: 'firstName', displayName: 'First Name', dataType: 'string', length: 255 },
  { id: 54, name: 'middleName', displayName: 'Middle Name', dataType: 'string', length: 255 },
  { id: 55, name: 'lastName', displayName: 'Last Name', dataType: 'string', length: 255 },
  { id: 56, name: 'email', displayName: 'Email Address', dataType: 'email', length: 255 },
  { id: 57, name: 'phone', displayName: 'Phone Number', dataType: 'phone', length: 255 },
  { id: 58, name: 'mobilePhone', displayName: 'Mobile Phone Number', dataType: 'phone', length: 255 },
  { id: 59, name: 'fax', displayName: 'Fax Number', dataType: 'phone', length: 255 },
  { id: 60, name: 'title', displayName: 'Job Title', dataType: 'string', length: 255 },
  { id: 61, name: 'salutation', displayName: 'Salutation', dataType: 'string', length: 255 },
  { id: 62, name: 'address', displayName: 'Address', dataType: 'text' },
  { id: 63, name: 'city', displayName: 'City', dataType: 'string', length: 255 },
  { id: 64, name: 'state', displayName: 'State', dataType: 'string', length: 255 },
  { id: 65, name: 'country', displayName: 'Country', dataType: 'string', length: 255 },
  { id: 66, name: 'postalCode', displayName: 'Postal Code', dataType: 'string', length: 255 },
  { id: 67, name: 'leadSource', displayName: 'Person Source', dataType: 'string', length: 255 },
  { id: 68, name: 'leadStatus', displayName: 'Person Status', dataType: 'string', length: 255 },
  { id: 69, name: 'leadScore', displayName: 'Person Score', dataType: 'integer', logged: 'score' },
  { id: 70, name: 'rating', displayName: 'Person Rating', dataType: 'string', length: 255 },
  { id: 71, name: 'priority', displayName: 'Priority', dataType: 'integer' },
  { id: 72, name: 'relativeScore', displayName: 'Relative Score', dataType: 'integer' },
  { id: 73, name: 'urgency', displayName: 'Urgency', dataType: 'float' },
  { id: 74, name: 'unsubscribed', displayName: 'Unsubscribed', dataType: 'boolean' },
  {
    id: 75,
    name: 'unsubscribedReason',
    displayName: 'Unsubscribed Reason',
    dataType: 'string',
    length: 2000,
  },
  { id: 76, name: 'doNotCall', displayName: 'Do Not Call', dataType: 'boolean' },
  { id: 77, name: 'mktoPersonNotes', displayName: 'Person Notes', dataType: 'text' },
  { id: 78, name: 'website', displayName: 'Website', dataType: 'url', length: 255 },
  { id: 79, name: 'industry', displayName: 'Industry', dataType: 'string', length: 255 },
  { id: 80, name: 'numberOfEmployees', displayName: 'Num Employees', dataType: 'integer' },
  { id: 81, name: 'dateOfBirth', displayName: 'Date of Birth', dataType: 'date' },
  {
    id: 129,
    name: 'personType',
    displayName: 'Person Type',
    dataType: 'string',
    length: 50,
    initial: 'contact',
  },
  {
    id: 127,
    name: 'leadPartitionId',
    displayName: 'Lead Partition Id',
    dataType: 'integer',
    readOnly: true,
    initial: defaultPartition.id,
    logged: 'partition',
  },
  { id: 128, name: 'isLead', displayName: 'Is Lead', dataType: 'boolean', readOnly: true, initial: true },
  { id: 130, name: 'createdAt', displayName: 'Created At', dataType: 'datetime', readOnly: true },
  { id: 131, name: 'updatedAt', displayName: 'Updated At', dataType: 'datetime', readOnly: true },
];

type CustomRow = readonly [name: string, displayName: string, dataType: DataType];

/** The custom fields that Lockstep expects an administrator to have made. */
const lockstepFields: readonly CustomRow[] = [
  ['lockstepId', 'Lockstep Id', 'string'],
  ['crmId', 'CRM Id', 'string'],
  ['crmType', 'CRM Type', 'string'],
  ['crmIsDeleted', 'CRM Is Deleted', 'boolean'],
  ['crmCreatedDate', 'CRM Created Date', 'datetime'],
  ['crmStatusReason', 'CRM Status Reason', 'string'],
  ['crmAddress2', 'CRM Address 2', 'string'],
  ['crmAddress3', 'CRM Address 3', 'string'],
  ['crmDoNotEmail', 'CRM Do Not Email', 'boolean'],
  ['crmDoNotFax', 'CRM Do Not Fax', 'boolean'],
  ['crmDoNotSendMarketingMaterial', 'CRM Do Not Send Marketing Material', 'boolean'],
  ['crmHomePhone', 'CRM Home Phone', 'string'],
  ['crmPreferredContactMethod', 'CRM Preferred Contact Method', 'string'],
  ['crmTopic', 'CRM Topic', 'string'],
  ['crmSubject', 'CRM Subject', 'string'],
  ['lastInterestingMomentDate', 'Last Interesting Moment Date', 'datetime'],
  ['lastInterestingMomentDescription', 'Last Interesting Moment Desc', 'string'],
  ['lastInterestingMomentSource', 'Last Interesting Moment Source', 'string'],
  ['lastInterestingMomentType', 'Last Interesting Moment Type', 'string'],
];

const customFieldIdMin = 1001;

/** What a caller says about a custom field to add. */
export interface NewField extends Pick<
  FieldDefinition,
  'description' | 'isHidden' | 'isSensitive' | 'isHtmlEncodingInEmail' | 'isApiCreated'
> {
  readonly name: string;
  readonly displayName?: string;
  readonly dataType: DataType;
  readonly length?: number;
}

/** All fields of one instance by REST name, in describe order. */
export type FieldTable = Map<string, FieldDefinition>;

/** The table a new instance starts with. */
export function createFieldTable(): FieldTable {
  const table: FieldTable = new Map(standardFields.map((field) => [field.name, field]));
  for (const [name, displayName, dataType] of lockstepFields) {
    addCustomField(table, { name, displayName, dataType });
  }
  return table;
}

/** Takes a custom field away, as an administrator who hides it does; false for others. */
export function removeCustomField(table: FieldTable, name: string): boolean {
  return table.get(name)?.custom === true && table.delete(name);
}

/** Adds a custom field; strings get Marketo's 255 characters unless a length is given. */
export function addCustomField(table: FieldTable, field: NewField): FieldDefinition {
  const customIds = [...table.values()].filter((known) => known.custom === true).map(({ id }) => id);
  const length = field.length ?? defaultLength(field.dataType);
  const definition: FieldDefinition = {
    ...field,
    id: Math.max(customFieldIdMin - 1, ...customIds) + 1,
    displayName: field.displayName ?? field.name,
    custom: true,
    ...(length === undefined ? {} : { length }),
  };
  table.set(field.name, definition);
  return definition;
}

/** Longest value of a custom field for which no length was given; absent where describe names none. */
export function defaultLength(dataType: DataType): number | undefined {
  return lengthlessTypes.has(dataType) ? undefined : 255;
}

const lengthlessTypes: ReadonlySet<DataType> = new Set<DataType>([
  'text',
  'integer',
  'float',
  'currency',
  'percent',
  'score',
  'date',
  'datetime',
  'boolean',
]);

/** Data types a custom field may have. */
export const dataTypes: readonly DataType[] = [...lengthlessTypes, 'string', 'email', 'phone', 'url'];

const standardKeys: ReadonlySet<string> = new Set(['id', 'email', 'leadPartitionId']);

/** id, email, the partition, and custom string, email and integer fields can be looked up (facts 2.2). */
export function isSearchable(field: FieldDefinition): boolean {
  if (standardKeys.has(field.name)) return true;
  return field.custom === true && ['string', 'email', 'integer'].includes(field.dataType);
}

/** Whether a control call describes a field that can be added. */
export function isNewField(field: unknown): field is NewField {
  const dataType = partOf(field, 'dataType');
  return typeof partOf(field, 'name') === 'string' && dataTypes.some((known) => known === dataType);
}
