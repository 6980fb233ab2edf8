import { apiError } from '../apiError.ts';
import type { Instance } from '../instance.ts';
import type { Operation, OperationInput } from '../operation.ts';
import { addFields, customDataTypes, deleteFields, linkableObjects, updateField } from './customFields.ts';
import { approveType, customType, deleteType, discardDraft, syncType } from './customTypes.ts';
import { describeCustomObject, describeType, listObjectTypes, listTypes } from './describeType.ts';
import { operationsAt } from './objectOperations.ts';
import type { ObjectTable } from './objectTable.ts';

const base = '/rest/v1/customobjects';

/** The endpoints of custom objects and of their metadata; literal paths before patterns. */
export const customOperations: readonly Operation[] = [
  schema('GET', '', (instance, { parameters }) => listTypes(instance, parameters)),
  schema(
    'POST',
    '',
    writing((instance, { body }) => syncType(instance, body)),
  ),
  schema('GET', '/fieldDataTypes', () => ({ result: customDataTypes })),
  schema('GET', '/linkableObjects', (instance) => ({ result: linkableObjects(instance) })),
  schema(
    'POST',
    '/(\\w+)/approve',
    writing((instance, { pathParts }) => approveType(instance, part(pathParts))),
  ),
  schema(
    'POST',
    '/(\\w+)/discardDraft',
    writing((instance, { pathParts }) => discardDraft(instance, part(pathParts))),
  ),
  schema(
    'POST',
    '/(\\w+)/delete',
    writing((instance, { pathParts }) => deleteType(instance, part(pathParts))),
  ),
  schema('GET', '/(\\w+)/describe', (instance, { pathParts, parameters }) =>
    describeType(instance, part(pathParts), parameters),
  ),
  schema('GET', '/(\\w+)/dependentAssets', (instance, { pathParts }) => {
    customType(instance, part(pathParts));
    return { result: [] };
  }),
  schema(
    'POST',
    '/(\\w+)/addField',
    writing((instance, { pathParts, body }) => addFields(instance, part(pathParts), body)),
  ),
  schema(
    'POST',
    '/(\\w+)/deleteField',
    writing((instance, { pathParts, body }) => deleteFields(instance, part(pathParts), body)),
  ),
  schema(
    'POST',
    '/(\\w+)/(\\w+)/updateField',
    writing((instance, { pathParts, body }) => updateField(instance, pathParts, body)),
  ),
  {
    method: 'GET',
    path: /^\/rest\/v1\/customobjects\.json$/,
    body: 'none',
    permission: 'Read-Only Custom Object',
    run: (instance, { parameters }) => listObjectTypes(instance, parameters),
  },
  {
    method: 'GET',
    path: /^\/rest\/v1\/customobjects\/(\w+)\/describe\.json$/,
    body: 'none',
    permission: 'Read-Only Custom Object',
    run: (instance, { pathParts }) => ({ result: [describeCustomObject(instance, part(pathParts))] }),
  },
  ...operationsAt(`${base}/(\\w+)`, 'Custom Object', customTable),
];

function schema(method: 'GET' | 'POST', path: string, run: Operation['run']): Operation {
  return {
    method,
    path: new RegExp(`^${base}/schema${path}\\.json$`),
    body: method === 'POST' ? 'optional' : 'none',
    permission: method === 'POST' ? 'Read-Write Custom Object Type' : 'Read-Only Custom Object Type',
    run: (instance, input) => {
      // The metadata API comes with some subscriptions only.
      if (!instance.settings.customObjectMetadata) throw apiError('616', 'Invalid subscription type');
      return run(instance, input);
    },
  };
}

function writing(write: (instance: Instance, input: OperationInput) => void): Operation['run'] {
  return (instance, input) => {
    write(instance, input);
    return { result: [] };
  };
}

function customTable(instance: Instance, { pathParts }: OperationInput): ObjectTable {
  const name = part(pathParts);
  const table = instance.objects.tables.get(name);
  if (table === undefined || !instance.objects.customTypes.has(name)) {
    throw apiError('1013', `Object '${name}' not found`);
  }
  return table;
}

function part(pathParts: readonly string[]): string {
  return pathParts[0] ?? '';
}
