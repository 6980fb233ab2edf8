import type { FieldDefinition, TableDefinition } from '@lockstep/change-events';

/** The JSON property of a column: lookups are read as `_name_value` (dataverse facts 2.3). */
export function propertyOf({ name, type }: FieldDefinition): string {
  return type === 'lookup' ? `_${name}_value` : name;
}

/** `$select` of a table: the key, its columns, and what orders and explains a row. */
export function selectOf(table: TableDefinition): string {
  const properties = [
    table.primaryKey,
    ...table.fields.map(propertyOf),
    'versionnumber',
    ...(table.hasModified === false ? [] : ['modifiedon', '_modifiedby_value']),
  ];

  return [...new Set(properties)].join(',');
}

/** An address ends at 32 KB (dataverse facts 3.1); a filter, or what the server adds to a link, has to fit in too. */
const selectCharactersMax = 24 * 1024;

/** `$select=` of a table; nothing when its columns do not fit into an address: then every column is answered, and more than is read. */
export function selectQuery(table: TableDefinition): readonly string[] {
  const select = selectOf(table);

  return select.length > selectCharactersMax ? [] : [`$select=${select}`];
}

export const labelAnnotation = 'OData.Community.Display.V1.FormattedValue';
export const tableAnnotation = 'Microsoft.Dynamics.CRM.lookuplogicalname';

/** Stands beside the rows of a collection and rises with every change of metadata (dataverse facts 2.1). */
export const metadataVersionAnnotation = 'Microsoft.Dynamics.CRM.globalmetadataversion';

const including = (names: readonly string[]): string => `odata.include-annotations="${names.join(',')}"`;

/** Only the annotations that are read: more make tracked answers larger, and v8.2 lost its delta link over them. */
const rowAnnotations = [labelAnnotation, tableAnnotation];

export type PageWish = {
  readonly pageSizeMax: number;
  /** False on a delta link, which already says that changes are tracked. */
  readonly startsTracking: boolean;
  /** Without labels only when the delta link was lost over them (dataverse facts 1.6). */
  readonly withLabels: boolean;
};

/** `Prefer` of a page. */
export function pagePreference({ pageSizeMax, startsTracking, withLabels }: PageWish): string {
  const annotations = [...(withLabels ? [labelAnnotation] : []), tableAnnotation, metadataVersionAnnotation];
  const tracking = startsTracking ? ['odata.track-changes'] : [];

  return [...tracking, `odata.maxpagesize=${pageSizeMax}`, including(annotations)].join(',');
}

export const rowPreference = including(rowAnnotations);
export const writePreference = `return=representation,${including(rowAnnotations)}`;
