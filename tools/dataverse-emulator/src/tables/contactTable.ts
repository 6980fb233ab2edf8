import { column, lookup } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { commonColumns, computeFullName, mergeColumns, personColumns } from './commonColumns.ts';
import { activeStates, activeStatuses } from './optionSets.ts';

/** Table `contact` (facts, section 6; native-sync, section 2.4). */
export const contactTable = defineTable({
  name: 'contact',
  schemaName: 'Contact',
  set: 'contacts',
  key: 'contactid',
  primaryName: 'fullname',
  objectTypeCode: 2,
  changeTracking: true,
  isWritable: true,
  compute: computeFullName,
  columns: [
    ...commonColumns('ContactId', activeStates, activeStatuses),
    ...personColumns,
    column('BirthDate', 'DateOnly'),
    lookup('ParentCustomerId', ['account', 'contact']),
    lookup('OriginatingLeadId', ['lead']),
    ...mergeColumns('contact'),
  ],
});
