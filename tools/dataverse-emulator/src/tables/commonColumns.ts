import {
  choice,
  column,
  flag,
  lookup,
  mandatory,
  readOnly,
  text,
  whole,
  type ColumnDefinition,
  type OptionDefinition,
} from '../core/columnDefinition.ts';
import { contactMethods } from './optionSets.ts';

export const yesNo = { no: 'No', yes: 'Yes' };
const allowed = { no: 'Allow', yes: 'Do Not Allow' };

/** When and by whom a row was written, and its version. */
export const authorColumns: readonly ColumnDefinition[] = [
  readOnly(column('CreatedOn', 'DateTime')),
  readOnly(column('ModifiedOn', 'DateTime')),
  readOnly(lookup('CreatedBy', ['systemuser'])),
  readOnly(lookup('ModifiedBy', ['systemuser'])),
  readOnly(lookup('CreatedOnBehalfBy', ['systemuser'])),
  readOnly(lookup('ModifiedOnBehalfBy', ['systemuser'])),
  readOnly(column('VersionNumber', 'BigInt')),
];

/** What an import leaves behind. `overriddencreatedon` can be given on create only (facts, section 6). */
export const importColumns: readonly ColumnDefinition[] = [
  column('OverriddenCreatedOn', 'DateTime', { isValidForUpdate: false }),
  whole('ImportSequenceNumber'),
  whole('TimeZoneRuleVersionNumber', -1),
  whole('UTCConversionTimeZoneCode', -1),
];

/** The owner is a principal: one navigation property that takes a user or a team (facts, section 2.3). */
const ownerColumns: readonly ColumnDefinition[] = [
  mandatory(
    column('OwnerId', 'Lookup', {
      navigation: [
        { property: 'ownerid', table: 'systemuser' },
        { property: 'ownerid', table: 'team' },
      ],
    }),
  ),
  readOnly(lookup('OwningUser', ['systemuser'])),
  readOnly(lookup('OwningTeam', ['team'])),
  readOnly(lookup('OwningBusinessUnit', ['businessunit'])),
];

/** The key of a table; it can be chosen on create and never changes. */
export function keyColumn(schemaName: string): ColumnDefinition {
  return column(schemaName, 'Uniqueidentifier', { isValidForUpdate: false, required: 'SystemRequired' });
}

/** State and status reason. A state cannot be given on create (facts, section 3.8). */
export function stateColumns(
  states: readonly OptionDefinition[],
  statuses: readonly OptionDefinition[],
): readonly ColumnDefinition[] {
  return [
    column('StateCode', 'State', { options: states, isValidForCreate: false }),
    column('StatusCode', 'Status', { options: statuses }),
  ];
}

/** Columns every table has that users own (facts, section 6). */
export function commonColumns(
  key: string,
  states: readonly OptionDefinition[],
  statuses: readonly OptionDefinition[],
): readonly ColumnDefinition[] {
  return [
    keyColumn(key),
    ...authorColumns,
    ...ownerColumns,
    ...stateColumns(states, statuses),
    ...importColumns,
  ];
}

/** Whether a row takes part in the sync (native-sync, section 2.4). */
export const syncColumn = flag('new_SyncToMkto', yesNo);

/** First postal address. */
export const addressColumns: readonly ColumnDefinition[] = [
  text('Address1_Line1', 250),
  text('Address1_Line2', 250),
  text('Address1_Line3', 250),
  text('Address1_City', 80),
  text('Address1_StateOrProvince', 50),
  text('Address1_Country', 80),
  text('Address1_PostalCode', 20),
  text('Address1_County', 50),
  text('Address1_Telephone1', 50),
];

/** Permissions to contact someone; true means no. */
export const consentColumns: readonly ColumnDefinition[] = [
  flag('DoNotEmail', allowed, false),
  flag('DoNotBulkEMail', allowed, false),
  flag('DoNotPhone', allowed, false),
  flag('DoNotFax', allowed, false),
  flag('DoNotPostalMail', allowed, false),
  flag('DoNotSendMM', { no: 'Send', yes: 'Do Not Send' }, false),
  flag('FollowEmail', { no: 'Do Not Allow', yes: 'Allow' }, true),
  choice('PreferredContactMethodCode', contactMethods, 1),
];

/** Money needs a currency and a rate beside it (facts, section 2.2). */
export const currencyColumns: readonly ColumnDefinition[] = [
  lookup('TransactionCurrencyId', ['transactioncurrency']),
  readOnly(column('ExchangeRate', 'Decimal', { scale: 10, precision: 10 })),
];

/** A money column with its read-only twin in the organisation's currency. */
export function moneyColumns(schemaName: string): readonly ColumnDefinition[] {
  const extra = { precision: 2, scale: 4, min: -922337203685477, max: 922337203685477 };
  return [
    column(schemaName, 'Money', { ...extra, precisionSource: 2 }),
    readOnly(column(`${schemaName}_Base`, 'Money', { ...extra, precisionSource: 2 })),
  ];
}

/** Set by a merge (facts, section 3.8). */
export function mergeColumns(table: string): readonly ColumnDefinition[] {
  return [readOnly(flag('Merged', yesNo, false)), readOnly(lookup('MasterId', [table]))];
}

/** What lead and contact share, the columns of the marketing solution included (native-sync, section 2.4). */
export const personColumns: readonly ColumnDefinition[] = [
  syncColumn,
  text('Salutation', 100),
  text('FirstName', 50),
  text('MiddleName', 50),
  text('LastName', 50),
  readOnly(text('FullName', 160)),
  text('EMailAddress1', 100),
  text('EMailAddress2', 100),
  text('EMailAddress3', 100),
  text('JobTitle', 100),
  text('Telephone1', 50),
  text('Telephone2', 50),
  text('MobilePhone', 20),
  text('Fax', 50),
  text('WebSiteUrl', 200),
  column('Description', 'Memo', { maxLength: 2000 }),
  ...addressColumns,
  ...consentColumns,
  whole('mkt_LeadScore'),
  whole('mkt_RelativeScore'),
  whole('mkt_Urgency'),
  whole('mkt_Priority'),
  column('mkt_LastInterestingMomentDate', 'DateTime'),
  column('mkt_LastInterestingMomentDesc', 'Memo', { maxLength: 2000 }),
  text('mkt_LeadInterestingMomentSource', 200),
  text('mkt_LastInterestingMomentType', 200),
];

/** First and last name, as the default name format of an organisation writes them. */
export function computeFullName(values: Readonly<Record<string, unknown>>): { fullname: string | null } {
  const parts = [values['firstname'], values['lastname']].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return { fullname: parts.length === 0 ? null : parts.join(' ') };
}
