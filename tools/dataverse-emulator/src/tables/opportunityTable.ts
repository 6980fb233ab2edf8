import { choice, column, lookup, text, whole } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { commonColumns, currencyColumns, moneyColumns } from './commonColumns.ts';
import { leadQualities, numbered, opportunityStates, opportunityStatuses } from './optionSets.ts';

/** Table `opportunity` (facts, section 6). */
export const opportunityTable = defineTable({
  name: 'opportunity',
  schemaName: 'Opportunity',
  set: 'opportunities',
  key: 'opportunityid',
  primaryName: 'name',
  objectTypeCode: 3,
  changeTracking: true,
  columns: [
    ...commonColumns('OpportunityId', opportunityStates, opportunityStatuses),
    { ...text('Name', 300), required: 'ApplicationRequired' },
    column('Description', 'Memo', { maxLength: 2000 }),
    ...moneyColumns('EstimatedValue'),
    ...moneyColumns('ActualValue'),
    column('EstimatedCloseDate', 'DateOnly'),
    column('ActualCloseDate', 'DateOnly'),
    whole('CloseProbability', 0, 100),
    text('StepName', 200),
    choice('SalesStage', [
      { value: 0, label: 'Qualify' },
      { value: 1, label: 'Develop' },
      { value: 2, label: 'Propose' },
      { value: 3, label: 'Close' },
    ]),
    choice('OpportunityRatingCode', leadQualities, 2),
    choice('PriorityCode', numbered('Default Value'), 1),
    ...currencyColumns,
    lookup('ParentAccountId', ['account']),
    lookup('ParentContactId', ['contact']),
    lookup('CustomerId', ['account', 'contact']),
    lookup('OriginatingLeadId', ['lead']),
    lookup('CampaignId', ['campaign']),
  ],
});
