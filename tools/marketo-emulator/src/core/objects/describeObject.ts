import { apiError } from '../apiError.ts';
import { pageOfRows } from '../rowPages.ts';
import type { ObjectField, ObjectType } from './objectType.ts';
import { searchableFields } from './objectType.ts';

/** The one row of a describe call. */
export function describeObject(type: ObjectType): object {
  return {
    name: type.name,
    displayName: type.displayName,
    description: type.description,
    createdAt: type.createdAt,
    updatedAt: type.updatedAt,
    idField: type.idField,
    dedupeFields: type.dedupeFields,
    searchableFields: searchableFields(type),
    fields: [...type.fields.values()].map(describeField),
  };
}

function describeField(field: ObjectField): object {
  return {
    name: field.name,
    displayName: field.displayName,
    dataType: field.dataType,
    ...lengthOf(field),
    updateable: field.readOnly !== true && field.fixed !== true,
    crmManaged: false,
  };
}

/** A page of the schema of companies, opportunities or named accounts. */
export function browseFields(type: ObjectType, parameters: URLSearchParams): object {
  return pageOfRows(schemaFields(type).map(schemaRow), parameters);
}

/** The schema of one field; throws 1006 for an unknown name (inferred). */
export function fieldByName(type: ObjectType, name: string): object {
  const field = schemaFields(type).find((known) => known.name === name);
  if (field === undefined) throw apiError('1006', `Field '${name}' not found`);
  return { result: [schemaRow(field)] };
}

function schemaFields(type: ObjectType): ObjectField[] {
  return [...type.fields.values()].filter(({ readOnly }) => readOnly !== true);
}

function schemaRow(field: ObjectField): object {
  return {
    displayName: field.displayName,
    name: field.name,
    description: null,
    dataType: field.dataType,
    ...lengthOf(field),
    isHidden: false,
    isHtmlEncodingInEmail: true,
    isSensitive: false,
    isCustom: field.custom === true,
    isApiCreated: false,
  };
}

function lengthOf(field: ObjectField): { length?: number } {
  return field.length === undefined ? {} : { length: field.length };
}
