import { choice, column, lookup, readOnly, text, flag, mandatory } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { authorColumns, commonColumns, keyColumn, stateColumns, yesNo } from './commonColumns.ts';
import { activeStates, activeStatuses } from './optionSets.ts';
import { connectionCategories } from './userOptions.ts';

const connectable = ['account', 'contact', 'lead', 'opportunity', 'systemuser', 'team', 'task', 'campaign'];

const connectionTable = defineTable({
  name: 'connection',
  schemaName: 'Connection',
  set: 'connections',
  key: 'connectionid',
  primaryName: 'name',
  objectTypeCode: 3234,
  changeTracking: true,
  columns: [
    ...commonColumns('ConnectionId', activeStates, activeStatuses),
    readOnly(text('Name', 500)),
    column('Description', 'Memo', { maxLength: 2000 }),
    mandatory(lookup('Record1Id', connectable)),
    mandatory(lookup('Record2Id', connectable)),
    lookup('Record1RoleId', ['connectionrole']),
    lookup('Record2RoleId', ['connectionrole']),
    column('EffectiveStart', 'DateTime'),
    column('EffectiveEnd', 'DateTime'),
    readOnly(flag('IsMaster', yesNo, true)),
    readOnly(lookup('RelatedConnectionId', ['connection'])),
  ],
});

const connectionRoleTable = defineTable({
  name: 'connectionrole',
  schemaName: 'ConnectionRole',
  set: 'connectionroles',
  key: 'connectionroleid',
  primaryName: 'name',
  objectTypeCode: 3231,
  changeTracking: true,
  ownership: 'OrganizationOwned',
  columns: [
    keyColumn('ConnectionRoleId'),
    ...authorColumns,
    ...stateColumns(activeStates, activeStatuses),
    mandatory(text('Name', 100)),
    column('Description', 'Memo', { maxLength: 2000 }),
    choice('Category', connectionCategories, 1),
  ],
});

/** Links between rows of any table, and the roles in them. Each link is a pair of rows (facts, section 6). */
export const connectionTables = [connectionTable, connectionRoleTable] as const;
