import { apiError } from '../apiError.ts';
import { secondsText } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import { partOf } from '../partOf.ts';
import { compileType } from './compileType.ts';
import type { CustomType, TypeVersion } from './customType.ts';
import { createObjectTable } from './objectTable.ts';
import { standardTypes } from './standardTypes.ts';

const typesMax = 10;
const dedupeFieldsMax = 3;
const namePattern = /^\w+$/;
const takenNames: ReadonlySet<string> = new Set(['lead', 'schema', ...standardTypes.map(({ name }) => name)]);

/** Sync Custom Object Type: makes a draft, or changes it; throws ApiError when it may not. */
export function syncType(instance: Instance, body: unknown): void {
  const apiName = nameIn(body, 'apiName');
  const action = partOf(body, 'action') ?? 'createOrUpdate';
  const known = instance.objects.customTypes.get(apiName);
  if (known === undefined && action === 'updateOnly') throw apiError('1013', `Object '${apiName}' not found`);
  if (known !== undefined && action === 'createOnly') throw apiError('1017', 'Object already exists');
  if (known === undefined) createType(instance, apiName, body);
  else storeType(instance, { ...known, draft: changedVersion(known, body) });
}

/** The type of a name; throws 1013. */
export function customType({ objects }: Instance, apiName: string): CustomType {
  const type = objects.customTypes.get(apiName);
  if (type === undefined) throw apiError('1013', `Object '${apiName}' not found`);
  return type;
}

/** Publishes the draft: from now on records of the new shape are taken. */
export function approveType(instance: Instance, apiName: string): void {
  const type = customType(instance, apiName);
  const { draft } = type;
  if (draft === undefined) throw apiError('1003', `Custom object '${apiName}' has no draft`);
  const keys = draft.fields.filter(({ isDedupeField }) => isDedupeField).length;
  if (keys === 0 || keys > dedupeFieldsMax) {
    throw apiError('1003', `Between 1 and ${dedupeFieldsMax} dedupe fields are needed`);
  }
  const now = secondsText(instance.now());
  const approved = { apiName, createdAt: type.createdAt ?? now, updatedAt: now, approved: draft };
  storeType(instance, approved);
  const compiled = compileType(instance, approved, draft);
  const table = instance.objects.tables.get(apiName);
  if (table === undefined) instance.objects.tables.set(apiName, createObjectTable(compiled));
  else table.type = compiled;
}

/** Drops the draft; throws 1048 when there is none. */
export function discardDraft(instance: Instance, apiName: string): void {
  const { draft, ...rest } = customType(instance, apiName);
  if (draft === undefined) throw apiError('1048', 'Custom Object Discard Draft Failed');
  if (rest.approved === undefined) instance.objects.customTypes.delete(apiName);
  else storeType(instance, rest);
}

/** Deletes an approved type with its records; throws 1022 while another type links to it. */
export function deleteType(instance: Instance, apiName: string): void {
  const { approved } = customType(instance, apiName);
  if (approved === undefined) throw apiError('1003', `Custom object '${apiName}' is not approved`);
  const { customTypes, tables } = instance.objects;
  const isLinked = [...customTypes.values()].some((other) =>
    [other.approved, other.draft].some((version) =>
      version?.fields.some(({ relatedTo }) => relatedTo?.name === apiName),
    ),
  );
  if (isLinked) throw apiError('1022', 'Object in use');
  customTypes.delete(apiName);
  tables.delete(apiName);
}

/** Puts a type in the place of its former state. */
export function storeType({ objects }: Instance, type: CustomType): void {
  objects.customTypes.set(type.apiName, type);
}

/** The version that changes go to: the draft, or a copy of the approved one. */
export function draftOf(type: CustomType): TypeVersion {
  const version = type.draft ?? type.approved;
  if (version === undefined) throw apiError('611');
  return version;
}

/** A name in a body; throws 1002 without one, 1003 when it holds more than letters, digits and underscores. */
export function nameIn(body: unknown, part: string): string {
  const name = partOf(body, part);
  if (typeof name !== 'string' || name === '') {
    throw apiError('1002', `Missing value for required parameter '${part}'`);
  }
  if (!namePattern.test(name)) throw apiError('1003', `Invalid value for parameter '${part}'`);
  return name;
}

function createType(instance: Instance, apiName: string, body: unknown): void {
  const { customTypes } = instance.objects;
  if (takenNames.has(apiName)) throw apiError('1017', 'Object already exists');
  if (customTypes.size >= typesMax)
    throw apiError('1003', `At most ${typesMax} custom object types are allowed`);
  const displayName = textIn(body, 'displayName');
  if (displayName === undefined) throw apiError('1002', "Missing value for required parameter 'displayName'");
  const isTaken = [...customTypes.values()].some((type) => draftOf(type).displayName === displayName);
  if (isTaken) throw apiError('1017', 'Object already exists');
  const blank = {
    displayName,
    pluralName: displayName,
    description: '',
    showInLeadDetail: false,
    fields: [],
  };
  const type: CustomType = { apiName, createdAt: null, updatedAt: null, draft: blank };
  storeType(instance, { ...type, draft: changedVersion(type, body) });
}

function changedVersion(type: CustomType, body: unknown): TypeVersion {
  const version = draftOf(type);
  const displayName = textIn(body, 'displayName') ?? version.displayName;
  // Once approved, the display name stays.
  if (type.approved !== undefined && displayName !== type.approved.displayName) {
    throw apiError('1003', "'displayName' of an approved type cannot be changed");
  }
  return {
    ...version,
    displayName,
    pluralName: textIn(body, 'pluralName') ?? version.pluralName,
    description: textIn(body, 'description') ?? version.description,
    showInLeadDetail: Boolean(partOf(body, 'showInLeadDetail') ?? version.showInLeadDetail),
  };
}

function textIn(body: unknown, part: string): string | undefined {
  const text = partOf(body, part);
  return typeof text === 'string' && text !== '' ? text : undefined;
}
