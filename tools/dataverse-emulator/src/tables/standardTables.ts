import { column, flag, readOnly, text, whole } from '../core/columnDefinition.ts';
import { defineTable, type TableDefinition } from '../core/tableDefinition.ts';
import { accountTable } from './accountTable.ts';
import { contactTable } from './contactTable.ts';
import { leadTable } from './leadTable.ts';

const systemUserTable = defineTable({
  name: 'systemuser',
  schemaName: 'SystemUser',
  set: 'systemusers',
  key: 'systemuserid',
  primaryName: 'fullname',
  objectTypeCode: 8,
  changeTracking: true,
  isWritable: false,
  columns: [
    column('SystemUserId', 'Uniqueidentifier', { isValidForUpdate: false }),
    text('FullName', 200),
    text('DomainName', 1024),
    text('InternalEMailAddress', 100),
    column('ApplicationId', 'Uniqueidentifier'),
    flag('IsDisabled', { no: 'Enabled', yes: 'Disabled' }, false),
    readOnly(column('CreatedOn', 'DateTime')),
    readOnly(column('ModifiedOn', 'DateTime')),
    readOnly(column('VersionNumber', 'BigInt')),
  ],
});

const organizationTable = defineTable({
  name: 'organization',
  schemaName: 'Organization',
  set: 'organizations',
  key: 'organizationid',
  primaryName: 'name',
  objectTypeCode: 1019,
  changeTracking: false,
  isWritable: false,
  columns: [
    column('OrganizationId', 'Uniqueidentifier', { isValidForUpdate: false }),
    text('Name', 160),
    whole('ExpireChangeTrackingInDays', 0, 365),
    readOnly(column('CreatedOn', 'DateTime')),
    readOnly(column('ModifiedOn', 'DateTime')),
    readOnly(column('VersionNumber', 'BigInt')),
  ],
});

/** Every table of the emulated organisation. */
export const standardTables: readonly TableDefinition[] = [
  leadTable,
  contactTable,
  accountTable,
  systemUserTable,
  organizationTable,
];
