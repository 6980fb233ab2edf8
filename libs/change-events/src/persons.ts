import type { FieldDefinition, FieldType } from './fields.ts';

const field =
  (type: FieldType) =>
  (name: string): FieldDefinition => ({ name, type });

/**
 * Fields of a Marketo person that are read and published. Those that begin with `crm`, and `lockstepId`, are custom
 * fields that the product needs in the instance (docs/operations.md).
 */
export const personFields: readonly FieldDefinition[] = [
  ...[
    'email',
    'salutation',
    'firstName',
    'middleName',
    'lastName',
    'title',
    'phone',
    'mobilePhone',
    'fax',
    'address',
    'city',
    'state',
    'country',
    'postalCode',
    'company',
    'leadSource',
    'leadStatus',
    'rating',
    'mktoPersonNotes',
    'lockstepId',
    'crmId',
    'externalCompanyId',
    'externalSalesPersonId',
    'crmType',
    'crmStatusReason',
    'crmAddress2',
    'crmAddress3',
    'crmHomePhone',
    'crmPreferredContactMethod',
    'crmTopic',
    'crmSubject',
    'lastInterestingMomentDescription',
    'lastInterestingMomentSource',
    'lastInterestingMomentType',
  ].map(field('string')),
  ...[
    'unsubscribed',
    'doNotCall',
    'crmIsDeleted',
    'crmDoNotEmail',
    'crmDoNotFax',
    'crmDoNotSendMarketingMaterial',
  ].map(field('boolean')),
  ...['leadScore', 'relativeScore', 'priority', 'annualRevenue', 'urgency'].map(field('number')),
  ...['crmCreatedDate', 'lastInterestingMomentDate', 'createdAt', 'updatedAt'].map(field('timestamp')),
];
