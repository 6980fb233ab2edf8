import { choice, column, lookup, text, whole } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import {
  addressColumns,
  commonColumns,
  consentColumns,
  currencyColumns,
  mergeColumns,
  moneyColumns,
  syncColumn,
} from './commonColumns.ts';
import { activeStates, activeStatuses, businessTypes, industries } from './optionSets.ts';

/** Table `account` (facts, section 6; native-sync, section 2.4). */
export const accountTable = defineTable({
  name: 'account',
  schemaName: 'Account',
  set: 'accounts',
  key: 'accountid',
  primaryName: 'name',
  objectTypeCode: 1,
  changeTracking: true,
  keys: [
    {
      name: 'accountnumber_key',
      schemaName: 'AccountNumber_Key',
      columns: ['accountnumber'],
      status: 'Active',
    },
  ],
  columns: [
    ...commonColumns('AccountId', activeStates, activeStatuses),
    syncColumn,
    { ...text('Name', 160), required: 'ApplicationRequired' },
    text('AccountNumber', 20),
    text('Telephone1', 50),
    text('Fax', 50),
    text('EMailAddress1', 100),
    text('EMailAddress2', 100),
    text('EMailAddress3', 100),
    text('WebSiteURL', 200),
    text('SIC', 20),
    whole('NumberOfEmployees', 0, 1_000_000_000),
    column('Description', 'Memo', { maxLength: 2000 }),
    choice('IndustryCode', industries),
    choice('BusinessTypeCode', businessTypes, 1),
    ...addressColumns,
    ...consentColumns,
    ...moneyColumns('Revenue'),
    ...currencyColumns,
    lookup('PrimaryContactId', ['contact']),
    lookup('ParentAccountId', ['account']),
    lookup('OriginatingLeadId', ['lead']),
    ...mergeColumns('account'),
  ],
});
