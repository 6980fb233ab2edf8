import { apiError } from '../apiError.ts';
import { isSearchable } from '../fieldDefinitions.ts';
import type { Instance } from '../instance.ts';
import { partOf } from '../partOf.ts';
import { inputOf } from '../parameters.ts';
import type { CustomField, CustomType } from './customType.ts';
import { customType, draftOf, nameIn, storeType } from './customTypes.ts';
import { systemFields } from './objectType.ts';

/** What a field of a custom object type may be. */
export const customDataTypes = [
  'string',
  'boolean',
  'integer',
  'float',
  'link',
  'email',
  'currency',
  'date',
  'datetime',
  'phone',
  'text',
] as const;

const fieldsMax = 50;
const addedFieldsMax = 20;

/** Adds fields to the draft; throws ApiError, and adds none, when one of them may not be. */
export function addFields(instance: Instance, apiName: string, body: unknown): void {
  const type = customType(instance, apiName);
  const added = inputOf(body).map((row) => readField(instance, row));
  for (const field of added) refuseKeyChange(type, field);
  const fields = [...draftOf(type).fields, ...added];
  if (new Set(fields.map(({ name }) => name)).size < fields.length) {
    throw apiError('1017', 'Object already exists');
  }
  const room = type.approved === undefined ? fieldsMax : type.approved.fields.length + addedFieldsMax;
  if (fields.length > Math.min(room, fieldsMax)) throw apiError('1003', 'Max field limit reached');
  storeFields(instance, type, fields);
}

/** Changes a field of the draft. */
export function updateField(instance: Instance, path: readonly string[], body: unknown): void {
  const type = customType(instance, path[0] ?? '');
  const field = fieldOf(type, path[1] ?? '');
  const changed = readField(instance, { ...field, ...Object.fromEntries(Object.entries(body ?? {})) });
  if (isKey(field) !== isKey(changed)) refuseKeyChange(type, { ...changed, isDedupeField: true });
  const fields = draftOf(type).fields.map((known) => (known === field ? changed : known));
  storeFields(instance, type, fields);
}

/** Takes fields out of the draft. */
export function deleteFields(instance: Instance, apiName: string, body: unknown): void {
  const type = customType(instance, apiName);
  const gone = inputOf(body).map((row) => fieldOf(type, nameIn(row, 'name')));
  for (const field of gone) refuseKeyChange(type, field);
  const fields = draftOf(type).fields.filter((field) => !gone.includes(field));
  storeFields(instance, type, fields);
}

/** Objects that a link field may name, each with its link fields. */
export function linkableObjects(instance: Instance): object[] {
  const leadFields = [...instance.fields.values()].filter(isSearchable);
  const rows = (fields: Iterable<{ name: string; displayName: string; dataType: string }>): object[] =>
    [...fields].map(({ name, displayName, dataType }) => ({ name, displayName, dataType }));
  const company = instance.objects.tables.get('company')?.type.fields.get('id');
  const custom = [...instance.objects.customTypes.values()].flatMap(({ apiName, approved }) => {
    const fields = instance.objects.tables.get(apiName)?.type;
    if (approved === undefined || fields === undefined || hasLink(approved.fields)) return [];
    const keys = [fields.idField, ...fields.dedupeFields].flatMap((name) => fields.fields.get(name) ?? []);
    return [{ name: apiName, displayName: approved.displayName, fields: rows(keys) }];
  });
  return [
    { name: 'lead', displayName: 'Lead', fields: rows(leadFields) },
    { name: 'company', displayName: 'Company', fields: rows(company === undefined ? [] : [company]) },
    ...custom,
  ];
}

function readField(instance: Instance, row: unknown): CustomField {
  const name = nameIn(row, 'name');
  const dataType = customDataTypes.find((known) => known === partOf(row, 'dataType'));
  if (dataType === undefined || systemFields.has(name)) {
    throw apiError('1003', `Invalid data type or name of field '${name}'`);
  }
  const description = partOf(row, 'description');
  const relatedTo = dataType === 'link' ? readRelation(instance, partOf(row, 'relatedTo')) : undefined;
  return {
    name,
    displayName: String(partOf(row, 'displayName') ?? name),
    dataType,
    isDedupeField: partOf(row, 'isDedupeField') === true,
    ...(typeof description === 'string' ? { description } : {}),
    ...(relatedTo === undefined ? {} : { relatedTo }),
  };
}

function readRelation(instance: Instance, relatedTo: unknown): NonNullable<CustomField['relatedTo']> {
  const parent = nameIn(relatedTo, 'name');
  const asked = String(partOf(relatedTo, 'field') ?? '');
  const linkable = linkableObjects(instance).find((row) => partOf(row, 'name') === parent);
  const fields = partOf(linkable, 'fields');
  const found: unknown = Array.isArray(fields)
    ? fields.find((field) => partOf(field, 'name') === asked || partOf(field, 'displayName') === asked)
    : undefined;
  if (found === undefined) throw apiError('1003', `'${parent}.${asked}' is not a link field`);
  return { name: parent, field: String(partOf(found, 'name')) };
}

// Once a type is approved, its keys and links stay as they are.
function refuseKeyChange(type: CustomType, field: CustomField): void {
  if (type.approved === undefined || !isKey(field)) return;
  throw apiError('1003', `Dedupe and link fields of an approved type cannot change: '${field.name}'`);
}

function isKey(field: CustomField): boolean {
  return field.isDedupeField || field.dataType === 'link';
}

function hasLink(fields: readonly CustomField[]): boolean {
  return fields.some(({ dataType }) => dataType === 'link');
}

function fieldOf(type: CustomType, name: string): CustomField {
  const field = draftOf(type).fields.find((known) => known.name === name);
  if (field === undefined) throw apiError('1006', `Field '${name}' not found`);
  return field;
}

function storeFields(instance: Instance, type: CustomType, fields: readonly CustomField[]): void {
  storeType(instance, { ...type, draft: { ...draftOf(type), fields } });
}
