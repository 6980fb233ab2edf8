import { apiError } from '../apiError.ts';
import type { Instance } from '../instance.ts';
import { listOf } from '../parameters.ts';
import { compileType } from './compileType.ts';
import type { CustomType, TypeVersion } from './customType.ts';
import { customType } from './customTypes.ts';
import { describeObject } from './describeObject.ts';

const states = ['draft', 'approved', 'approvedWithDraft'];

/** A type as the metadata API describes it; throws 1013 when it has no such version. */
export function describeType(instance: Instance, apiName: string, parameters: URLSearchParams): object {
  const row = typeRow(instance, customType(instance, apiName), stateIn(parameters));
  if (row === undefined) throw apiError('1013', `Object '${apiName}' not found`);
  return { result: [row] };
}

/** All types, or the named ones, that have the asked version. */
export function listTypes(instance: Instance, parameters: URLSearchParams): object {
  const names = listOf(parameters, 'names');
  const asked = stateIn(parameters);
  const types = [...instance.objects.customTypes.values()].filter(
    ({ apiName }) => names.length === 0 || names.includes(apiName),
  );
  return { result: types.flatMap((type) => typeRow(instance, type, asked) ?? []) };
}

/** Approved types with their relationships, as `customobjects.json` lists them. */
export function listObjectTypes(instance: Instance, parameters: URLSearchParams): object {
  const names = listOf(parameters, 'names');
  const types = [...instance.objects.customTypes.values()].filter(
    ({ apiName, approved }) => approved !== undefined && (names.length === 0 || names.includes(apiName)),
  );
  return { result: types.map(({ apiName }) => describeCustomObject(instance, apiName)) };
}

/** Describe of an approved type: as other objects, with relationships. */
export function describeCustomObject(instance: Instance, apiName: string): object {
  const table = instance.objects.tables.get(apiName);
  const version = customType(instance, apiName).approved;
  if (table === undefined || version === undefined) throw apiError('1013', `Object '${apiName}' not found`);
  return { ...describeObject(table.type), relationships: relationships(version) };
}

function stateIn(parameters: URLSearchParams): string | undefined {
  const state = parameters.get('state') ?? undefined;
  if (state !== undefined && !states.includes(state)) {
    throw apiError('1003', "Invalid value for parameter 'state'");
  }
  return state;
}

// Without a state the approved version is shown, and the draft only where there is no other.
function versionIn(type: CustomType, state: string | undefined): TypeVersion | undefined {
  if (state === 'draft') return type.draft;
  if (state === 'approved') return type.approved;
  const isAsked = state === undefined || state === stateOf(type);
  return isAsked ? (type.approved ?? type.draft) : undefined;
}

function typeRow(instance: Instance, type: CustomType, state: string | undefined): object | undefined {
  const version = versionIn(type, state);
  if (version === undefined) return undefined;
  const described = Object.entries(describeObject(compileType(instance, type, version)));
  return {
    ...Object.fromEntries(described.filter(([part]) => part !== 'name')),
    apiName: type.apiName,
    pluralName: version.pluralName,
    showInLeadDetail: version.showInLeadDetail,
    state: stateOf(type),
    version: version === type.draft ? 'draft' : 'approved',
    // What a type that was never approved does not have yet.
    ...(type.approved === undefined ? { idField: null, createdAt: null, updatedAt: null } : {}),
    relationships: relationships(version),
  };
}

function stateOf({ approved, draft }: CustomType): string {
  if (approved === undefined) return 'draft';
  return draft === undefined ? 'approved' : 'approvedWithDraft';
}

function relationships({ fields }: TypeVersion): object[] {
  return fields.flatMap(({ name, relatedTo }) =>
    relatedTo === undefined ? [] : [{ field: name, type: 'child', relatedTo }],
  );
}
