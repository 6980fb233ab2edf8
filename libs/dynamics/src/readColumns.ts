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
    'modifiedon',
    '_modifiedby_value',
  ];

  return [...new Set(properties)].join(',');
}

export const labelAnnotation = 'OData.Community.Display.V1.FormattedValue';
export const tableAnnotation = 'Microsoft.Dynamics.CRM.lookuplogicalname';

/** Only the two annotations that are read: more make tracked answers larger, and v8.2 lost its delta link over them. */
const annotations = `odata.include-annotations="${labelAnnotation},${tableAnnotation}"`;

/** `Prefer` of a page; a delta link already says that changes are tracked. */
export function pagePreference(pageSizeMax: number, isTrackedRead: boolean): string {
  const tracking = isTrackedRead ? ['odata.track-changes'] : [];

  return [...tracking, `odata.maxpagesize=${pageSizeMax}`, annotations].join(',');
}

export const rowPreference = annotations;
export const writePreference = `return=representation,${annotations}`;
