import { choice, column, flag, lookup, mandatory, readOnly, text, whole } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import {
  authorColumns,
  commonColumns,
  currencyColumns,
  keyColumn,
  moneyColumns,
  yesNo,
} from './commonColumns.ts';
import {
  campaignStates,
  campaignStatuses,
  campaignTypes,
  listStates,
  listStatuses,
} from './activityOptions.ts';

const campaignTable = defineTable({
  name: 'campaign',
  schemaName: 'Campaign',
  set: 'campaigns',
  key: 'campaignid',
  primaryName: 'name',
  objectTypeCode: 4400,
  changeTracking: true,
  columns: [
    ...commonColumns('CampaignId', campaignStates, campaignStatuses),
    mandatory(text('Name', 128)),
    text('CodeName', 32),
    column('Description', 'Memo', { maxLength: 2000 }),
    column('Objective', 'Memo', { maxLength: 2000 }),
    choice('TypeCode', campaignTypes),
    column('ProposedStart', 'DateTime'),
    column('ProposedEnd', 'DateTime'),
    column('ActualStart', 'DateTime'),
    column('ActualEnd', 'DateTime'),
    whole('ExpectedResponse', 0, 1_000_000_000),
    ...moneyColumns('BudgetedCost'),
    ...moneyColumns('ExpectedRevenue'),
    ...currencyColumns,
  ],
});

const listTable = defineTable({
  name: 'list',
  schemaName: 'List',
  set: 'lists',
  key: 'listid',
  primaryName: 'listname',
  objectTypeCode: 4300,
  changeTracking: true,
  columns: [
    ...commonColumns('ListId', listStates, listStatuses),
    mandatory(text('ListName', 128)),
    column('Description', 'Memo', { maxLength: 2000 }),
    choice('CreatedFromCode', [
      { value: 1, label: 'Account' },
      { value: 2, label: 'Contact' },
      { value: 4, label: 'Lead' },
    ]),
    flag('Type', { no: 'Static', yes: 'Dynamic' }, false),
    flag('LockStatus', yesNo, false),
    text('Purpose', 512),
    text('Source', 128),
    readOnly(whole('MemberCount', 0, 1_000_000_000)),
    readOnly(column('LastUsedOn', 'DateTime')),
  ],
});

const listMemberTable = defineTable({
  name: 'listmember',
  schemaName: 'ListMember',
  set: 'listmembers',
  key: 'listmemberid',
  primaryName: 'listmemberid',
  objectTypeCode: 4301,
  changeTracking: false,
  ownership: 'None',
  columns: [
    keyColumn('ListMemberId'),
    ...authorColumns,
    lookup('ListId', ['list']),
    lookup('EntityId', ['account', 'contact', 'lead']),
  ],
});

/** Campaigns, marketing lists and who is on them. */
export const campaignTables = [campaignTable, listTable, listMemberTable] as const;
