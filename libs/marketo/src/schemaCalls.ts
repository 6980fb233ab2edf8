import type { FieldDefinition, FieldType } from '@lockstep/change-events';
import type { CustomType, CustomTypeField, DescribedType, MarketoSetup } from '@lockstep/ports';
import { isNotThere } from './failures.ts';
import type { MarketoClient } from './marketoClient.ts';
import { fieldsOf, keyOf } from './readDescription.ts';
import { objectsOf } from './readValues.ts';

/** Reads and changes of the schema: custom fields of persons, custom object types (marketo-rest 2.3, 4). */
export type SchemaCalls = Pick<MarketoSetup, 'describeType' | 'createPersonFields' | 'prepareType'>;

export function createSchemaCalls(client: MarketoClient): SchemaCalls {
  const write = async (path: string, body: unknown): Promise<void> =>
    void (await client.call({ kind: 'write', path: `${path}.json`, body }));

  return {
    describeType: (apiName) => describeType(client, apiName),
    createPersonFields: (fields) => write('leads/schema/fields', { input: fields.map(personField) }),
    async prepareType(type) {
      const [draft, approved] = [
        await namesIn(client, type, 'draft'),
        await namesIn(client, type, 'approved'),
      ];
      if (isOfOthers(type, { draft, approved })) return 'DRAFT_OF_OTHERS';
      const schema = `customobjects/schema/${type.apiName}`;
      if (draft === null && approved === null) await write('customobjects/schema', newType(type));
      const known = draft ?? approved ?? [];
      const lacking = type.fields.filter(({ name }) => !known.includes(name));
      if (lacking.length > 0) await write(`${schema}/addField`, { input: lacking.map(typeField) });
      await write(`${schema}/approve`, {});

      return 'PREPARED';
    },
  };
}

/** Of a field of a person (marketo-rest 2.3); all else is made as a text. */
const dataTypes: Partial<Readonly<Record<FieldType, string>>> = {
  boolean: 'boolean',
  number: 'float',
  timestamp: 'datetime',
};

const personField = ({ name, type }: FieldDefinition) => ({
  ...{ name, displayName: displayNameOf(name), dataType: dataTypes[type] ?? 'string' },
});

const newType = ({ apiName }: CustomType) => ({
  ...{ action: 'createOnly', apiName, displayName: displayNameOf(apiName) },
});

function typeField({ name, type, isKey }: CustomTypeField) {
  const shown = { name, displayName: displayNameOf(name), isDedupeField: isKey };
  if (typeof type === 'string') return { ...shown, dataType: type };

  return { ...shown, dataType: 'link', relatedTo: { name: type.object, field: type.field } };
}

/** `crmCreatedDate` is shown as `Crm Created Date`; other characters than letters, digits, spaces are not allowed there. */
function displayNameOf(name: string): string {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').split(/[\s_]+/);

  return words
    .filter((word) => word !== '')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}

async function describeType(client: MarketoClient, apiName: string): Promise<DescribedType | null> {
  const path = `customobjects/${encodeURIComponent(apiName)}/describe.json`;
  try {
    const { result } = await client.call({ kind: 'read', path, query: {} });
    const [description] = objectsOf(result);

    return description
      ? { keyFields: keyOf(description), fields: [...fieldsOf(description).values()] }
      : null;
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}

/** The names of the fields in one version of a type; null when there is no such version. */
async function namesIn(
  client: MarketoClient,
  { apiName }: CustomType,
  state: 'draft' | 'approved',
): Promise<readonly string[] | null> {
  const query = { names: apiName, state };
  const { result } = await client.call({ kind: 'read', path: 'customobjects/schema.json', query });
  const [version] = objectsOf(result);

  return version ? objectsOf(version['fields']).map(({ name }) => String(name)) : null;
}

type Versions = { readonly draft: readonly string[] | null; readonly approved: readonly string[] | null };

/** Approving a draft publishes everything in it, so it may differ from the approved version by what is wanted alone. */
function isOfOthers({ fields }: CustomType, { draft, approved }: Versions): boolean {
  if (draft === null) return false;
  const before = approved ?? [];
  const isExplained = (name: string): boolean =>
    before.includes(name) || marketosOwn.has(name) || fields.some((field) => field.name === name);

  return !draft.every(isExplained) || before.some((name) => !draft.includes(name));
}

/** Which fields a version shows that nobody made; a type that was never approved has none of them yet. */
const marketosOwn = new Set(['marketoGUID', 'createdAt', 'updatedAt']);
