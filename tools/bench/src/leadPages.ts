import type { TableDefinition } from '@lockstep/change-events';

const annotations = [
  'OData.Community.Display.V1.FormattedValue',
  'Microsoft.Dynamics.CRM.lookuplogicalname',
  'Microsoft.Dynamics.CRM.globalmetadataversion',
].join(',');

/** `Prefer` of a first tracked page, as the extractor sends it. */
export const pagePreference = (pageSize: number): string =>
  `odata.track-changes,odata.maxpagesize=${pageSize},odata.include-annotations="${annotations}"`;

/** The first page as the extractor asks for it: the columns of the default mapping, labels and lookup tables. */
export function firstAddress({ entitySet, primaryKey, fields }: TableDefinition): string {
  const properties = fields.map(({ name, type }) => (type === 'lookup' ? `_${name}_value` : name));
  return `${entitySet}?$select=${[primaryKey, ...properties, 'versionnumber', 'modifiedon', '_modifiedby_value'].join(',')}`;
}
