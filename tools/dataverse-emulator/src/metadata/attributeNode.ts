import type { ColumnDefinition, ColumnType } from '../core/columnDefinition.ts';
import { userId } from '../core/actor.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { labelJson, managedProperty, type Json, type MetadataNode } from './metadataNode.ts';
import { optionSetNode } from './optionSetNode.ts';

/** The name a column's type has in metadata: lookups of two tables and owners have their own (facts, section 2.2). */
export function attributeTypeName({ name, type, navigation }: ColumnDefinition): string {
  if (type === 'DateOnly') return 'DateTime';
  if (type !== 'Lookup') return type;
  if (name === 'ownerid') return 'Owner';
  return navigation?.map(({ table }) => table).join() === 'account,contact' ? 'Customer' : 'Lookup';
}

/** What `AttributeType` shows; it cannot tell images, files and multi-selects (facts, section 2.2). */
const legacyTypes: Readonly<Record<string, string>> = {
  MultiSelectPicklist: 'Virtual',
  Image: 'Virtual',
  File: 'Virtual',
};

const typedParts: Readonly<Partial<Record<ColumnType, (column: ColumnDefinition) => Json>>> = {
  String: ({ maxLength }) => ({ MaxLength: maxLength, Format: 'Text', FormatName: { Value: 'Text' } }),
  Memo: ({ maxLength }) => ({ MaxLength: maxLength, Format: 'TextArea' }),
  Integer: ({ min, max }) => ({ MinValue: min, MaxValue: max, Format: 'None' }),
  BigInt: () => ({ MinValue: -9223372036854776000, MaxValue: 9223372036854776000 }),
  Decimal: ({ min, max, precision }) => ({
    MinValue: min ?? -1e11,
    MaxValue: max ?? 1e11,
    Precision: precision,
  }),
  Double: ({ min, max, precision }) => ({
    MinValue: min ?? -1e11,
    MaxValue: max ?? 1e11,
    Precision: precision ?? 5,
  }),
  Money: ({ name, min, max, precision, precisionSource }) => ({
    MinValue: min,
    MaxValue: max,
    Precision: precision,
    PrecisionSource: precisionSource ?? 2,
    IsBaseCurrency: name.endsWith('_base'),
    CalculationOf: name.endsWith('_base') ? name.replace(/_base$/, '') : null,
  }),
  Boolean: ({ defaultValue }) => ({ DefaultValue: defaultValue ?? false }),
  Picklist: ({ defaultValue }) => ({ DefaultFormValue: defaultValue ?? -1 }),
  MultiSelectPicklist: () => ({ DefaultFormValue: -1 }),
  State: () => ({ DefaultFormValue: null }),
  Status: () => ({ DefaultFormValue: null }),
  Lookup: ({ navigation }) => ({ Targets: navigation?.map(({ table }) => table) ?? [], Format: 'None' }),
  DateTime: ({ behavior }) => ({
    Format: 'DateAndTime',
    DateTimeBehavior: { Value: behavior ?? 'UserLocal' },
    CanChangeDateTimeBehavior: managedProperty('canchangedatetimebehavior', true),
  }),
  DateOnly: () => ({
    Format: 'DateOnly',
    DateTimeBehavior: { Value: 'DateOnly' },
    CanChangeDateTimeBehavior: managedProperty('canchangedatetimebehavior', false),
  }),
  Image: () => ({ MaxHeight: 144, MaxWidth: 144, MaxSizeInKB: 10240, IsPrimaryImage: false }),
  File: () => ({ MaxSizeInKB: 32768 }),
};

/** Whether somebody added the column: then its name has a publisher's prefix. */
export function isCustomColumn({ isCustom, schemaName }: ColumnDefinition): boolean {
  return isCustom ?? /^[a-z][a-z0-9]{1,7}_/.test(schemaName);
}

function sharedJson(table: TableDefinition, column: ColumnDefinition, number: number): Json {
  const canBeSecured = column.name !== table.key && column.type !== 'State' && column.name !== 'ownerid';
  const type = attributeTypeName(column);
  const ids = { MetadataId: userId(`column/${table.name}/${column.name}`), HasChanged: null };
  const names = { LogicalName: column.name, SchemaName: column.schemaName, EntityLogicalName: table.name };
  return {
    ...ids,
    ...names,
    AttributeOf: null,
    AttributeType: legacyTypes[type] ?? type,
    AttributeTypeName: { Value: `${type}Type` },
    ColumnNumber: number,
    DisplayName: labelJson(column.label),
    Description: labelJson(undefined),
    IsPrimaryId: column.name === table.key,
    IsPrimaryName: column.name === table.primaryName && column.name !== table.key,
    IsCustomAttribute: isCustomColumn(column),
    IsManaged: !isCustomColumn(column),
    IsLogical: false,
    IsValidODataAttribute: true,
    IsValidForCreate: column.isValidForCreate,
    IsValidForRead: column.isHidden !== true,
    IsValidForUpdate: column.isValidForUpdate,
    IsSecured: column.isSecured === true,
    CanBeSecuredForRead: canBeSecured,
    CanBeSecuredForCreate: canBeSecured && column.isValidForCreate,
    CanBeSecuredForUpdate: canBeSecured && column.isValidForUpdate,
    RequiredLevel: managedProperty('canmodifyrequirementlevelsettings', column.required ?? 'None'),
    SourceType: 0,
  };
}

/** A column as metadata, with its option set behind a link. */
export function attributeNode(
  table: TableDefinition,
  column: ColumnDefinition,
  number: number,
): MetadataNode {
  const type = attributeTypeName(column);
  const typed = typedParts[column.type]?.(column) ?? {};
  const set = optionSetNode(table, column);
  const isGlobal = column.globalOptionSet !== undefined;
  const name = type === 'Owner' || type === 'Customer' ? 'Lookup' : type;
  return {
    type: name === 'Uniqueidentifier' ? 'UniqueIdentifierAttributeMetadata' : `${name}AttributeMetadata`,
    json: { ...sharedJson(table, column, number), ...typed },
    derived: new Set(Object.keys(typed)),
    links: set ? { OptionSet: () => set, GlobalOptionSet: () => (isGlobal ? set : null) } : {},
  };
}

/** The text beside an option or a lookup: metadata lists it, rows do not have it (facts, section 2.2). */
function virtualNode(table: TableDefinition, of: ColumnDefinition, number: number): MetadataNode {
  const json = {
    ...sharedJson(table, of, number),
    MetadataId: userId(`column/${table.name}/${of.name}name`),
    LogicalName: `${of.name}name`,
    SchemaName: `${of.schemaName}Name`,
    AttributeOf: of.name,
    AttributeType: 'Virtual',
    AttributeTypeName: { Value: 'VirtualType' },
    DisplayName: labelJson(undefined),
    IsPrimaryName: false,
    IsLogical: true,
    IsValidODataAttribute: false,
    IsValidForCreate: false,
    IsValidForUpdate: false,
    IsSecured: false,
    RequiredLevel: managedProperty('canmodifyrequirementlevelsettings', 'None'),
  };
  return { type: `AttributeMetadata`, json, derived: new Set(), links: {} };
}

/** All attributes of a table, the virtual ones last. */
export function attributeNodes(table: TableDefinition): readonly MetadataNode[] {
  const { columns } = table;
  const named = columns.filter(
    ({ name, options, labels, navigation }) =>
      (options ?? labels ?? navigation) !== undefined && !table.byName.has(`${name}name`),
  );
  return [
    ...columns.map((column, index) => attributeNode(table, column, index + 1)),
    ...named.map((column, index) => virtualNode(table, column, columns.length + index + 1)),
  ];
}
