import { choice, column, lookup, readOnly, text } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import {
  commonColumns,
  computeFullName,
  currencyColumns,
  mergeColumns,
  moneyColumns,
  personColumns,
} from './commonColumns.ts';
import { industries, leadQualities, leadSources, leadStates, leadStatuses } from './optionSets.ts';

/** Table `lead` (facts, section 6; native-sync, section 2.4). */
export const leadTable = defineTable({
  name: 'lead',
  schemaName: 'Lead',
  set: 'leads',
  key: 'leadid',
  primaryName: 'fullname',
  objectTypeCode: 4,
  changeTracking: true,
  compute: computeFullName,
  columns: [
    ...commonColumns('LeadId', leadStates, leadStatuses),
    ...personColumns,
    { ...text('Subject', 300), required: 'ApplicationRequired' },
    text('CompanyName', 100),
    choice('LeadSourceCode', leadSources),
    choice('LeadQualityCode', leadQualities, 2),
    choice('IndustryCode', industries),
    ...moneyColumns('Revenue'),
    ...moneyColumns('EstimatedAmount'),
    column('EstimatedCloseDate', 'DateOnly'),
    ...currencyColumns,
    lookup('ParentAccountId', ['account']),
    lookup('ParentContactId', ['contact']),
    lookup('CustomerId', ['account', 'contact']),
    lookup('QualifyingOpportunityId', ['opportunity']),
    lookup('CampaignId', ['campaign']),
    readOnly(lookup('AccountId', ['account'])),
    readOnly(lookup('ContactId', ['contact'])),
    ...mergeColumns('lead'),
  ],
});
