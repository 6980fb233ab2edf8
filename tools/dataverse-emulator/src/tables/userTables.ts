import {
  choice,
  column,
  flag,
  lookup,
  mandatory,
  readOnly,
  text,
  type Row,
} from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { authorColumns, computeFullName, importColumns, keyColumn, yesNo } from './commonColumns.ts';
import { accessModes, azureStates, membershipTypes, teamTypes } from './userOptions.ts';

/** Users who were given no first or last name keep the full name they were seeded with. */
function userName(values: Row): { fullname?: string | null } {
  const { fullname } = computeFullName(values);
  return fullname === null ? {} : { fullname };
}

const systemUserTable = defineTable({
  name: 'systemuser',
  schemaName: 'SystemUser',
  set: 'systemusers',
  key: 'systemuserid',
  primaryName: 'fullname',
  objectTypeCode: 8,
  changeTracking: true,
  ownership: 'BusinessOwned',
  compute: userName,
  columns: [
    keyColumn('SystemUserId'),
    ...authorColumns,
    ...importColumns,
    text('FirstName', 256),
    text('LastName', 256),
    readOnly(text('FullName', 200)),
    text('DomainName', 1024),
    text('InternalEMailAddress', 100),
    text('Title', 128),
    text('JobTitle', 100),
    text('MobilePhone', 64),
    column('ApplicationId', 'Uniqueidentifier'),
    column('AzureActiveDirectoryObjectId', 'Uniqueidentifier'),
    flag('IsDisabled', { no: 'Enabled', yes: 'Disabled' }, false),
    readOnly(flag('IsIntegrationUser', yesNo, false)),
    choice('AccessMode', accessModes, 0),
    readOnly(choice('AzureState', azureStates, 0)),
    mandatory(lookup('BusinessUnitId', ['businessunit'])),
    lookup('ParentSystemUserId', ['systemuser']),
  ],
});

const teamTable = defineTable({
  name: 'team',
  schemaName: 'Team',
  set: 'teams',
  key: 'teamid',
  primaryName: 'name',
  objectTypeCode: 9,
  changeTracking: true,
  ownership: 'BusinessOwned',
  columns: [
    keyColumn('TeamId'),
    ...authorColumns,
    ...importColumns,
    mandatory(text('Name', 160)),
    column('Description', 'Memo', { maxLength: 2000 }),
    text('EMailAddress', 100),
    choice('TeamType', teamTypes, 0),
    choice('MembershipType', membershipTypes, 0),
    readOnly(flag('IsDefault', yesNo, false)),
    readOnly(flag('SystemManaged', yesNo, false)),
    column('AzureActiveDirectoryObjectId', 'Uniqueidentifier'),
    mandatory(lookup('AdministratorId', ['systemuser'])),
    mandatory(lookup('BusinessUnitId', ['businessunit'])),
  ],
});

const businessUnitTable = defineTable({
  name: 'businessunit',
  schemaName: 'BusinessUnit',
  set: 'businessunits',
  key: 'businessunitid',
  primaryName: 'name',
  objectTypeCode: 10,
  changeTracking: false,
  ownership: 'BusinessOwned',
  columns: [
    keyColumn('BusinessUnitId'),
    ...authorColumns,
    mandatory(text('Name', 160)),
    flag('IsDisabled', yesNo, false),
    lookup('ParentBusinessUnitId', ['businessunit']),
  ],
});

/** Users, teams and where they belong. */
export const userTables = [systemUserTable, teamTable, businessUnitTable] as const;
