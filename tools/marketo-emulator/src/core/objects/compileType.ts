import type { DataType } from '../fieldDefinitions.ts';
import { dataTypes, defaultLength } from '../fieldDefinitions.ts';
import type { Instance } from '../instance.ts';
import type { CustomField, CustomType, TypeVersion } from './customType.ts';
import type { FieldRow, ObjectLink, ObjectType } from './objectType.ts';
import { fieldTable } from './objectType.ts';

const firstFieldId = 5000;

/** What sync, query and describe need to know of an approved custom object type. */
export function compileType(instance: Instance, type: CustomType, version: TypeVersion): ObjectType {
  const links = version.fields.flatMap((field) => linkOf(field));
  const dedupeFields = version.fields.filter(({ isDedupeField }) => isDedupeField).map(({ name }) => name);
  const rows = version.fields.map((field) => rowOf(instance, field));
  return {
    name: type.apiName,
    displayName: version.displayName,
    description: version.description,
    createdAt: type.createdAt ?? '',
    updatedAt: type.updatedAt ?? '',
    idField: 'marketoGUID',
    dedupeFields,
    filters: links.map(({ field }) => field),
    fields: fieldTable('marketoGUID', rows, firstFieldId),
    required: [],
    links,
    underCrm: 'open',
  };
}

function linkOf({ name, relatedTo }: CustomField): ObjectLink[] {
  if (relatedTo === undefined) return [];
  const shown = relatedTo.name.charAt(0).toUpperCase() + relatedTo.name.slice(1);
  const reason = { code: '1004', message: `${shown} not found` };
  return [{ field: name, parent: relatedTo.name, parentField: relatedTo.field, reason, holdsParent: false }];
}

/** A field of a custom object type as the field table has it. */
export function rowOf(instance: Instance, field: CustomField): FieldRow {
  const dataType = dataTypeOf(instance, field);
  const length = defaultLength(dataType);
  const more = { custom: true, fixed: field.isDedupeField, ...(length === undefined ? {} : { length }) };
  return [field.name, field.displayName, dataType, more];
}

// A link field has the type of the field that it points to.
function dataTypeOf({ fields, objects }: Instance, { dataType, relatedTo }: CustomField): DataType {
  if (relatedTo === undefined) return dataTypes.find((known) => known === dataType) ?? 'string';
  const parent = relatedTo.name === 'lead' ? fields : objects.tables.get(relatedTo.name)?.type.fields;
  return parent?.get(relatedTo.field)?.dataType ?? 'string';
}
