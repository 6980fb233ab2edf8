/** A stored value. Money and decimals are kept as text with their full scale, so that no digit is ever lost. */
export type CellValue = string | number | boolean | null;

/** One committed row: JSON property names of the Web API, and for each lookup the table it points at. */
export type Row = Readonly<Record<string, CellValue>>;

/** Column types of Dataverse as far as they are emulated (facts, section 2.2). */
export type ColumnType =
  | 'String'
  | 'Memo'
  | 'Integer'
  | 'BigInt'
  | 'Decimal'
  | 'Money'
  | 'Boolean'
  | 'Picklist'
  | 'State'
  | 'Status'
  | 'DateTime'
  | 'DateOnly'
  | 'Uniqueidentifier'
  | 'Lookup'
  | 'MultiSelectPicklist'
  | 'Double'
  | 'Image'
  | 'File';

/** Whether a value has to be there. Only SystemRequired is enforced (facts, section 2.2). */
export type RequiredLevel = 'None' | 'SystemRequired' | 'ApplicationRequired' | 'Recommended';

/** One option of an option set; `state` only for status reasons, `defaultStatus` only for states. */
export interface OptionDefinition {
  readonly value: number;
  readonly label: string;
  readonly state?: number;
  readonly defaultStatus?: number;
}

/** What the delete of a row does to the rows that point at it: delete them too, blank the lookup, refuse, or nothing. */
export type DeleteBehavior = 'Cascade' | 'RemoveLink' | 'Restrict' | 'NoCascade';

/** A single-valued navigation property of a lookup column and the table it leads to. */
export interface NavigationDefinition {
  readonly property: string;
  readonly table: string;
  /** Schema name of the relationship where it does not follow the pattern of `relationshipName`. */
  readonly relationship?: string;
  /** Where it is another than that of `core/relationships.ts`. */
  readonly onDelete?: DeleteBehavior;
}

/** One column as data. `property` is its name in JSON: `_name_value` for lookups, else the logical name. */
export interface ColumnDefinition {
  readonly name: string;
  readonly schemaName: string;
  readonly property: string;
  readonly label: string;
  readonly type: ColumnType;
  readonly isValidForCreate: boolean;
  readonly isValidForUpdate: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  /** Digits after the point that are kept when a value is written. */
  readonly precision?: number;
  /** Digits after the point that are printed. */
  readonly scale?: number;
  readonly options?: readonly OptionDefinition[];
  readonly labels?: { readonly no: string; readonly yes: string };
  readonly navigation?: readonly NavigationDefinition[];
  readonly defaultValue?: CellValue;
  readonly required?: RequiredLevel;
  /** Under column security: readable and writable with a permission only. */
  readonly isSecured?: boolean;
  /** It answers null: a column that is written only, or the copy of a secured one for a caller who may not read it. */
  readonly isHidden?: boolean;
  readonly isCustom?: boolean;
  /** Where the digits of money come from: 0 the column, 1 the organisation, 2 the currency. */
  readonly precisionSource?: number;
  /** Only for DateTime; DateOnly is a type of its own because its values differ. */
  readonly behavior?: 'UserLocal' | 'TimeZoneIndependent';
  /** Name of the global option set that the options belong to. */
  readonly globalOptionSet?: string;
}

/** The annotation that names the table a lookup points at. */
export const lookupTableAnnotation = 'Microsoft.Dynamics.CRM.lookuplogicalname';

/** The annotation with the text a person sees. */
export const formattedValueAnnotation = 'OData.Community.Display.V1.FormattedValue';

/** What a column may have beside its name and type. */
export type ColumnExtra = Partial<
  Omit<ColumnDefinition, 'name' | 'schemaName' | 'property' | 'label' | 'type'>
>;

/** Makes a column; the label is derived from the schema name. */
export function column(schemaName: string, type: ColumnType, extra: ColumnExtra = {}): ColumnDefinition {
  const name = schemaName.toLowerCase();
  const label = schemaName
    .replace(/^[a-z]+_/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
  const property = type === 'Lookup' ? `_${name}_value` : name;
  return {
    name,
    schemaName,
    property,
    label,
    type,
    isValidForCreate: true,
    isValidForUpdate: true,
    ...extra,
  };
}

/** A text column with its greatest length in characters. */
export function text(schemaName: string, maxLength: number): ColumnDefinition {
  return column(schemaName, 'String', { maxLength });
}

/** A whole number column; the bounds default to those of a 32-bit integer. */
export function whole(schemaName: string, min = -2147483648, max = 2147483647): ColumnDefinition {
  return column(schemaName, 'Integer', { min, max });
}

/** A two-option column. Without a default it is null until someone sets it. */
export function flag(
  schemaName: string,
  labels: { readonly no: string; readonly yes: string },
  defaultValue?: boolean,
): ColumnDefinition {
  return column(schemaName, 'Boolean', { labels, ...(defaultValue === undefined ? {} : { defaultValue }) });
}

/** An option set column. */
export function choice(
  schemaName: string,
  options: readonly OptionDefinition[],
  defaultValue?: number,
): ColumnDefinition {
  return column(schemaName, 'Picklist', { options, ...(defaultValue === undefined ? {} : { defaultValue }) });
}

/** A lookup to one table, or to several: then each has a navigation property with the table's name appended. */
export function lookup(
  schemaName: string,
  tables: readonly string[],
  extra: ColumnExtra = {},
): ColumnDefinition {
  const name = schemaName.toLowerCase();
  const navigation = tables.map((table) => ({
    property: tables.length === 1 ? name : `${name}_${table}`,
    table,
  }));
  return column(schemaName, 'Lookup', { navigation, ...extra });
}

/** A column without which no row can be. */
export function mandatory(definition: ColumnDefinition): ColumnDefinition {
  return { ...definition, required: 'SystemRequired' };
}

/** Marks a column as computed by the service: values sent for it are silently ignored. */
export function readOnly(definition: ColumnDefinition): ColumnDefinition {
  return { ...definition, isValidForCreate: false, isValidForUpdate: false };
}
