import { apiError } from '../apiError.ts';
import { decodeBase32, encodeBase32 } from '../pagingToken.ts';
import { pageSizeOf } from '../parameters.ts';
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
  const token = parameters.get('nextPageToken') ?? '';
  const start = token === '' ? 0 : Number(decodeBase32(token).split(',')[1] ?? Number.NaN);
  if (!Number.isInteger(start)) throw apiError('1003', 'Invalid paging token');
  const fields = schemaFields(type);
  const end = start + pageSizeOf(parameters);
  const result = fields.slice(start, end).map(schemaRow);
  if (end >= fields.length) return { result, moreResult: false };
  return { result, nextPageToken: encodeBase32(`fields,${end}`), moreResult: true };
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
