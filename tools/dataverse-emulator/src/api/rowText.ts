import {
  formattedValueAnnotation,
  lookupTableAnnotation,
  type CellValue,
  type ColumnDefinition,
  type Row,
} from '../core/columnDefinition.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireProperty } from '../core/queryRows.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { wantsAnnotation } from './preferences.ts';

const navigationAnnotation = 'Microsoft.Dynamics.CRM.associatednavigationproperty';

/** How rows of one answer are printed. */
export interface RowStyle {
  readonly state: OrganizationState;
  readonly table: TableDefinition;
  readonly columns: readonly ColumnDefinition[];
  readonly withFormattedValues: boolean;
  readonly withLookupTables: boolean;
  readonly withNavigation: boolean;
}

function selectedColumns(table: TableDefinition, select: string | undefined): readonly ColumnDefinition[] {
  if (select === undefined || select.trim() === '' || select.trim() === '*') return table.columns;
  const asked = new Set(select.split(',').map((property) => requireProperty(table, property.trim())));
  const currency = table.byName.get('transactioncurrencyid');
  // A money column brings its currency, the key always comes (facts, sections 1.2 and 2.2).
  if (currency && [...asked].some(({ type }) => type === 'Money')) asked.add(currency);
  asked.add(requireProperty(table, table.key));
  return [...asked];
}

/** Settles the selection and the annotations of an answer. Throws 400 for an unknown property. */
export function rowStyle(
  state: OrganizationState,
  table: TableDefinition,
  select: string | undefined,
  annotations: string | undefined,
): RowStyle {
  return {
    state,
    table,
    columns: selectedColumns(table, select),
    withFormattedValues: wantsAnnotation(annotations, formattedValueAnnotation),
    withLookupTables: wantsAnnotation(annotations, lookupTableAnnotation),
    withNavigation: wantsAnnotation(annotations, navigationAnnotation),
  };
}

function targetName(style: RowStyle, definition: ColumnDefinition, row: Row): string | undefined {
  const target = style.state.tables.get(String(row[`${definition.property}@${lookupTableAnnotation}`]));
  const id = String(row[definition.property]);
  const name = target && style.state.store.row(target.name, id)?.[target.primaryName];
  return typeof name === 'string' ? name : undefined;
}

function formattedValue(style: RowStyle, definition: ColumnDefinition, row: Row): string | undefined {
  const value = row[definition.property];
  if (definition.labels) return value ? definition.labels.yes : definition.labels.no;
  if (definition.options) return definition.options.find((option) => option.value === value)?.label;
  return definition.type === 'Lookup' ? targetName(style, definition, row) : undefined;
}

function lookupAnnotations(style: RowStyle, definition: ColumnDefinition, row: Row): string {
  const table = row[`${definition.property}@${lookupTableAnnotation}`] ?? null;
  const navigation = definition.navigation?.find((each) => each.table === table)?.property;
  const parts = [];
  if (style.withLookupTables)
    parts.push(`,"${definition.property}@${lookupTableAnnotation}":${JSON.stringify(table)}`);
  if (style.withNavigation && navigation)
    parts.push(`,"${definition.property}@${navigationAnnotation}":${JSON.stringify(navigation)}`);
  return parts.join('');
}

function annotationsText(style: RowStyle, definition: ColumnDefinition, row: Row): string {
  const formatted = style.withFormattedValues ? formattedValue(style, definition, row) : undefined;
  const shown =
    formatted === undefined
      ? ''
      : `,"${definition.property}@${formattedValueAnnotation}":${JSON.stringify(formatted)}`;
  return definition.type === 'Lookup' ? shown + lookupAnnotations(style, definition, row) : shown;
}

function cellText(definition: ColumnDefinition, value: CellValue): string {
  // Decimals are stored as exact text and printed as JSON numbers with all their digits.
  return definition.scale !== undefined && typeof value === 'string' ? value : JSON.stringify(value);
}

/** The weak entity tag of a row (facts, section 3.2). */
export function etagOf(row: Row): string {
  return `W/"${String(row['versionnumber'])}"`;
}

/** Prints the members of one row, without the braces. */
export function rowMembers(style: RowStyle, row: Row): string {
  const hasAnnotations = style.withFormattedValues || style.withLookupTables || style.withNavigation;
  let members = `"@odata.etag":${JSON.stringify(etagOf(row))}`;
  for (const definition of style.columns) {
    const value = row[definition.property] ?? null;
    members += `,"${definition.property}":${cellText(definition, value)}`;
    if (hasAnnotations && value !== null) members += annotationsText(style, definition, row);
  }
  return members;
}
