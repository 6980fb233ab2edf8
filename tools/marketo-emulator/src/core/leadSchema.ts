import { apiError } from './apiError.ts';
import type { FieldDefinition } from './fieldDefinitions.ts';
import type { Instance } from './instance.ts';
import { inputOf } from './parameters.ts';
import { pageOfRows } from './rowPages.ts';

/** Get Lead Fields: every field in pages. */
export function browseLeadFields(instance: Instance, parameters: URLSearchParams): object {
  return pageOfRows([...instance.fields.values()].map(schemaRow), parameters);
}

/** Get Lead Field by Name; throws 1006 for an unknown one (inferred). */
export function leadFieldByName(instance: Instance, name: string): object {
  return { result: [schemaRow(fieldOf(instance, name))] };
}

/**
 * Update Lead Field: one field, whose changes go through together. Throws 1006 for an unknown one, 1003 for an attribute that is
 * fixed: what may change differs between standard fields, custom ones, and those that the API made (the codes are inferred).
 */
export function updateLeadField(instance: Instance, name: string, body: unknown): object {
  const field = fieldOf(instance, name);
  const input = inputOf(body);
  if (input.length !== 1) throw apiError('1003', 'Exactly one record expected');
  const changes = Object.entries(Object.assign({}, input[0]));
  const fixed = changes.find(([attribute, value]) => typeof value !== changeable(field)[attribute]);
  if (fixed !== undefined) throw apiError('1003', `Attribute '${fixed[0]}' cannot be changed so`);
  instance.fields.set(name, { ...field, ...Object.fromEntries(changes) });
  return { result: [{ name, status: 'updated' }] };
}

// Kinds of values by attribute.
function changeable({ custom, isApiCreated }: FieldDefinition): Readonly<Record<string, string>> {
  return {
    description: 'string',
    isHtmlEncodingInEmail: 'boolean',
    isSensitive: 'boolean',
    ...(custom === true ? { displayName: 'string' } : {}),
    ...(isApiCreated === true ? { isHidden: 'boolean' } : {}),
  };
}

function fieldOf(instance: Instance, name: string): FieldDefinition {
  const field = instance.fields.get(name);
  if (field === undefined) throw apiError('1006', `Field '${name}' not found`);
  return field;
}

function schemaRow(field: FieldDefinition): object {
  return {
    displayName: field.displayName,
    name: field.name,
    description: field.description ?? null,
    dataType: field.dataType,
    ...(field.length === undefined ? {} : { length: field.length }),
    isHidden: field.isHidden ?? false,
    isHtmlEncodingInEmail: field.isHtmlEncodingInEmail ?? true,
    isSensitive: field.isSensitive ?? false,
    isCustom: field.custom ?? false,
    isApiCreated: field.isApiCreated ?? false,
  };
}
