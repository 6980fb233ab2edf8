import type { FieldDefinition } from './fieldDefinitions.ts';
import { isSearchable } from './fieldDefinitions.ts';
import type { Instance } from './instance.ts';

/** Rows of leads/describe.json. */
export function describeLeads(instance: Instance): object[] {
  return [...instance.fields.values()].map((field) => {
    const soapName = field.name.charAt(0).toUpperCase() + field.name.slice(1);
    return {
      id: field.id,
      displayName: field.displayName,
      dataType: field.dataType,
      ...lengthOf(field),
      // id is listed as writable although only updateOnly accepts it (facts 2.3).
      rest: { name: field.name, readOnly: isReadOnly(field) && field.name !== 'id' },
      soap: { name: soapName, readOnly: isReadOnly(field) },
    };
  });
}

/** The one row of leads/describe2.json, with what `filterType` may be. */
export function describeLeadsShort(instance: Instance): object[] {
  const fields = [...instance.fields.values()];
  return [
    {
      name: 'API Lead',
      searchableFields: fields.filter(isSearchable).map((field) => [field.name]),
      fields: fields.map((field) => ({
        name: field.name,
        displayName: field.displayName,
        dataType: field.dataType,
        ...lengthOf(field),
        updateable: !isReadOnly(field),
        crmManaged: false,
      })),
    },
  ];
}

function isReadOnly(field: FieldDefinition): boolean {
  return field.readOnly === true;
}

function lengthOf(field: FieldDefinition): { length?: number } {
  return field.length === undefined ? {} : { length: field.length };
}
