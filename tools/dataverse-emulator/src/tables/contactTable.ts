import { choice, column, flag, lookup, text } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { commonColumns, computeFullName, mergeColumns, personColumns, yesNo } from './commonColumns.ts';
import { accountRoles, activeStates, activeStatuses } from './optionSets.ts';

/** Table `contact` (facts, section 6; native-sync, section 2.4). */
export const contactTable = defineTable({
  name: 'contact',
  schemaName: 'Contact',
  set: 'contacts',
  key: 'contactid',
  primaryName: 'fullname',
  objectTypeCode: 2,
  changeTracking: true,
  compute: computeFullName,
  columns: [
    ...commonColumns('ContactId', activeStates, activeStatuses),
    ...personColumns,
    column('BirthDate', 'DateOnly'),
    column('Anniversary', 'DateOnly'),
    text('Department', 100),
    choice('AccountRoleCode', accountRoles),
    flag('DoNotBulkPostalMail', yesNo, false),
    lookup('PreferredSystemUserId', ['systemuser']),
    lookup('ParentCustomerId', ['account', 'contact']),
    lookup('OriginatingLeadId', ['lead']),
    ...mergeColumns('contact'),
  ],
});
