import {
  formattedValueAnnotation,
  lookupTableAnnotation,
  type CellValue,
  type ColumnDefinition,
  type Row,
} from '../core/columnDefinition.ts';
import { visibleColumns } from '../core/columnSecurity.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireProperty } from '../core/queryRows.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { wantsAnnotation } from './preferences.ts';

const navigationAnnotation = 'Microsoft.Dynamics.CRM.associatednavigationproperty';

/** Prints one member of a row with its annotations, from the comma on. */
type MemberPrinter = (row: Row) => string;

/** A row whose name an answer shows beside a lookup. */
export interface ShownTarget {
  readonly table: string;
  readonly id: string;
}

/** How rows of one answer are printed. */
export interface RowStyle {
  readonly state: OrganizationState;
  readonly table: TableDefinition;
  readonly columns: readonly ColumnDefinition[];
  readonly withFormattedValues: boolean;
  readonly withLookupTables: boolean;
  readonly withNavigation: boolean;
  readonly printers: readonly MemberPrinter[];
  /** Rows whose names were shown so far. */
  readonly shownTargets: Map<string, ShownTarget>;
}

/** The choices that decide how a row is printed, apart from the data. */
type StyleParts = Omit<RowStyle, 'printers'>;

function selectedColumns(table: TableDefinition, select: string | undefined): readonly ColumnDefinition[] {
  if (select === undefined || select.trim() === '' || select.trim() === '*') return table.columns;
  const asked = new Set(select.split(',').map((property) => requireProperty(table, property.trim())));
  const currency = table.byName.get('transactioncurrencyid');
  // A money column brings its currency, the key always comes (facts, sections 1.2 and 2.2).
  if (currency && [...asked].some(({ type }) => type === 'Money')) asked.add(currency);
  asked.add(requireProperty(table, table.key));
  return [...asked];
}

function targetName(parts: StyleParts, target: ShownTarget): string | undefined {
  const table = parts.state.tables.get(target.table);
  if (!table) return undefined;
  parts.shownTargets.set(`${target.table} ${target.id}`, target);
  const name = parts.state.store.row(table.name, target.id)?.[table.primaryName];
  return typeof name === 'string' ? name : undefined;
}

function annotation(definition: ColumnDefinition, name: string, value: unknown): string {
  return `,"${definition.property}@${name}":${JSON.stringify(value)}`;
}

function lookupAnnotations(parts: StyleParts, definition: ColumnDefinition, target: ShownTarget): string {
  const navigation = definition.navigation?.find(({ table }) => table === target.table)?.property;
  const name = parts.withFormattedValues ? targetName(parts, target) : undefined;
  return [
    name === undefined ? '' : annotation(definition, formattedValueAnnotation, name),
    parts.withLookupTables ? annotation(definition, lookupTableAnnotation, target.table) : '',
    parts.withNavigation && navigation ? annotation(definition, navigationAnnotation, navigation) : '',
  ].join('');
}

/** Rows of one answer share few targets, so each is printed once. */
function lookupPrinter(parts: StyleParts, definition: ColumnDefinition): (row: Row) => string {
  const { property } = definition;
  const printed = new Map<string, string>();
  return (row) => {
    const target = { table: String(row[`${property}@${lookupTableAnnotation}`]), id: String(row[property]) };
    const key = `${target.table} ${target.id}`;
    const known = printed.get(key);
    if (known !== undefined) return known;
    const text = JSON.stringify(target.id) + lookupAnnotations(parts, definition, target);
    printed.set(key, text);
    return text;
  };
}

/** What is printed for each value of an option set or a two-option column. */
function labelledTexts(definition: ColumnDefinition): ReadonlyMap<CellValue, string> {
  const { labels, options = [] } = definition;
  const labelled: readonly (readonly [CellValue, string])[] = labels
    ? [
        [true, labels.yes],
        [false, labels.no],
      ]
    : options.map(({ value, label }) => [value, label]);
  const text = (value: CellValue, label: string): string =>
    JSON.stringify(value) + annotation(definition, formattedValueAnnotation, label);
  return new Map(labelled.map(([value, label]) => [value, text(value, label)]));
}

function valuePrinter(parts: StyleParts, definition: ColumnDefinition): (row: Row) => string {
  const { property, scale, labels, options, type } = definition;
  const plain = (row: Row): string => JSON.stringify(row[property]);
  if (type === 'Lookup') return lookupPrinter(parts, definition);
  // Decimals are stored as exact text and printed as JSON numbers with all their digits.
  if (scale !== undefined) return (row) => String(row[property]);
  if (!parts.withFormattedValues || !(labels ?? options)) return plain;
  const texts = labelledTexts(definition);
  return (row) => texts.get(row[property] ?? null) ?? plain(row);
}

function memberPrinter(parts: StyleParts, definition: ColumnDefinition): MemberPrinter {
  const { property, isHidden } = definition;
  const name = `,"${property}":`;
  if (isHidden) return () => `${name}null`;
  const print = valuePrinter(parts, definition);
  return (row) => name + ((row[property] ?? null) === null ? 'null' : print(row));
}

/** Settles the selection and the annotations of an answer. Throws 400 for an unknown property. */
export function rowStyle(
  state: OrganizationState,
  table: TableDefinition,
  select: string | undefined,
  annotations: string | undefined,
): RowStyle {
  const parts = {
    state,
    table,
    columns: visibleColumns(state, table, selectedColumns(table, select)),
    withFormattedValues: wantsAnnotation(annotations, formattedValueAnnotation),
    withLookupTables: wantsAnnotation(annotations, lookupTableAnnotation),
    withNavigation: wantsAnnotation(annotations, navigationAnnotation),
    shownTargets: new Map<string, ShownTarget>(),
  };
  return { ...parts, printers: parts.columns.map((definition) => memberPrinter(parts, definition)) };
}

/** The weak entity tag of a row (facts, section 3.2). */
export function etagOf(row: Row): string {
  return `W/"${String(row['versionnumber'])}"`;
}

/** Prints the members of one row, without the braces. */
export function rowMembers(style: RowStyle, row: Row): string {
  let members = `"@odata.etag":${JSON.stringify(etagOf(row))}`;
  for (const print of style.printers) members += print(row);
  return members;
}
