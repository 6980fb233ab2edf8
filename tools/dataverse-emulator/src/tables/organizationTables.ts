import { choice, column, lookup, mandatory, readOnly, text, whole } from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { authorColumns, keyColumn, stateColumns } from './commonColumns.ts';
import { activeStates, activeStatuses } from './optionSets.ts';
import { permissions } from './userOptions.ts';

const organizationTable = defineTable({
  name: 'organization',
  schemaName: 'Organization',
  set: 'organizations',
  key: 'organizationid',
  primaryName: 'name',
  objectTypeCode: 1019,
  changeTracking: false,
  ownership: 'None',
  columns: [
    keyColumn('OrganizationId'),
    ...authorColumns,
    text('Name', 160),
    whole('ExpireChangeTrackingInDays', 0, 365),
    whole('ExpireSubscriptionsInDays', 0, 1000),
    whole('PricingDecimalPrecision', 0, 4),
    whole('LanguageCode'),
    lookup('BaseCurrencyId', ['transactioncurrency']),
  ],
});

const currencyTable = defineTable({
  name: 'transactioncurrency',
  schemaName: 'TransactionCurrency',
  set: 'transactioncurrencies',
  key: 'transactioncurrencyid',
  primaryName: 'currencyname',
  objectTypeCode: 9105,
  changeTracking: true,
  ownership: 'OrganizationOwned',
  columns: [
    keyColumn('TransactionCurrencyId'),
    ...authorColumns,
    ...stateColumns(activeStates, activeStatuses),
    mandatory(text('CurrencyName', 100)),
    mandatory(text('ISOCurrencyCode', 5)),
    mandatory(text('CurrencySymbol', 13)),
    mandatory(whole('CurrencyPrecision', 0, 4)),
    mandatory(column('ExchangeRate', 'Decimal', { scale: 10, precision: 10 })),
  ],
});

const profileTable = defineTable({
  name: 'fieldsecurityprofile',
  schemaName: 'FieldSecurityProfile',
  set: 'fieldsecurityprofiles',
  key: 'fieldsecurityprofileid',
  primaryName: 'name',
  objectTypeCode: 1200,
  changeTracking: false,
  ownership: 'OrganizationOwned',
  columns: [
    keyColumn('FieldSecurityProfileId'),
    ...authorColumns,
    mandatory(text('Name', 100)),
    column('Description', 'Memo', { maxLength: 2000 }),
  ],
});

const permissionTable = defineTable({
  name: 'fieldpermission',
  schemaName: 'FieldPermission',
  set: 'fieldpermissions',
  key: 'fieldpermissionid',
  primaryName: 'entityname',
  objectTypeCode: 1201,
  changeTracking: false,
  ownership: 'None',
  columns: [
    keyColumn('FieldPermissionId'),
    text('EntityName', 128),
    text('AttributeLogicalName', 50),
    choice('CanRead', permissions, 0),
    choice('CanCreate', permissions, 0),
    choice('CanUpdate', permissions, 0),
    lookup('FieldSecurityProfileId', ['fieldsecurityprofile']),
    readOnly(column('VersionNumber', 'BigInt')),
  ],
});

/** The organisation itself, its currencies, and who may see columns under column security. */
export const organizationTables = [organizationTable, currencyTable, profileTable, permissionTable] as const;
