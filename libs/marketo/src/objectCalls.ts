import type { MarketoEntity, Scalar, ScalarValues } from '@lockstep/change-events';
import type { MarketoObject, MarketoObjects } from '@lockstep/ports';
import type { MarketoCall, MarketoClient } from './marketoClient.ts';
import { invalid, objectsOf, type JsonObject } from './readValues.ts';
import { readObjectResults } from './readObjectResults.ts';

type StandardEntity = Exclude<MarketoEntity, `custom:${string}`>;

/** Where the standard types live, and the fields of their keys (marketo-rest 4). */
const standard: Readonly<Record<StandardEntity, { readonly path: string; readonly key: readonly string[] }>> =
  {
    salesperson: { path: 'salespersons', key: ['externalSalesPersonId'] },
    company: { path: 'companies', key: ['externalCompanyId'] },
    opportunity: { path: 'opportunities', key: ['externalOpportunityId'] },
    role: { path: 'opportunities/roles', key: ['externalOpportunityId', 'leadId', 'role'] },
  };

const isStandard = (entity: MarketoEntity): entity is StandardEntity => entity in standard;

const pathOf = (entity: MarketoEntity): string =>
  isStandard(entity)
    ? standard[entity].path
    : `customobjects/${encodeURIComponent(entity.slice('custom:'.length))}`;

export function createObjectCalls(client: MarketoClient): MarketoObjects {
  const described = new Map<MarketoEntity, Promise<readonly string[]>>();

  /** A type keeps its key from its approval on; a failure is asked anew. */
  function keyFields(entity: MarketoEntity): Promise<readonly string[]> {
    if (isStandard(entity)) return Promise.resolve(standard[entity].key);
    const known = described.get(entity) ?? describeKey(client, entity);
    described.set(entity, known);
    known.catch(() => described.delete(entity));
    return known;
  }

  const keysOf = async (entity: MarketoEntity, records: readonly ScalarValues[]): Promise<ScalarValues[]> => {
    const names = await keyFields(entity);
    return records.map((record) => Object.fromEntries(names.map((name) => [name, record[name] ?? null])));
  };

  return {
    keyFields,
    async upsert(entity, records) {
      const body = { action: 'createOrUpdate', dedupeBy: 'dedupeFields', input: records };
      const { result } = await client.call({ kind: 'write', path: `${pathOf(entity)}.json`, body });
      return readObjectResults(result, records.length, 'upsert');
    },
    async remove(entity, records) {
      const body = { deleteBy: 'dedupeFields', input: await keysOf(entity, records) };
      const { result } = await client.call({ kind: 'write', path: `${pathOf(entity)}/delete.json`, body });
      return readObjectResults(result, records.length, 'delete');
    },
    async find(entity, records, fields) {
      const keys = await keysOf(entity, records);
      return findObjects(client, entity, {
        keys,
        names: [...new Set([...(await keyFields(entity)), ...fields])],
      });
    },
  };
}

async function describeKey(client: MarketoClient, entity: MarketoEntity): Promise<readonly string[]> {
  const { result } = await client.call({ kind: 'read', path: `${pathOf(entity)}/describe.json`, query: {} });
  const names = objectsOf(result)[0]?.['dedupeFields'];
  if (!Array.isArray(names) || names.length === 0) throw invalid('dedupeFields');
  return names.map(String);
}

type Search = { readonly keys: readonly ScalarValues[]; readonly names: readonly string[] };

async function findObjects(
  client: MarketoClient,
  entity: MarketoEntity,
  search: Search,
): Promise<readonly MarketoObject[]> {
  const { names } = search;
  const envelope = await client.call({ kind: 'read', path: `${pathOf(entity)}.json`, ...searchOf(search) });
  if (!Array.isArray(envelope.result)) throw invalid('result');
  return objectsOf(envelope.result).map((json) => ({
    id: idOf(json),
    fields: Object.fromEntries(names.map((name) => [name, scalarOf(json[name])])),
  }));
}

/** Keys of several fields have no place in an address (marketo-rest 4), nor has a comma, which separates values there. */
function searchOf({ keys, names }: Search): Pick<Extract<MarketoCall, { kind: 'read' }>, 'query' | 'body'> {
  const filterType = 'dedupeFields';
  const values = keys.map((key) => Object.values(key).map(String));
  const isPlain = values.every((parts) => parts.length === 1 && !parts[0]?.includes(','));
  if (!isPlain) return { query: {}, body: { filterType, fields: names, input: keys } };
  return { query: { filterType, filterValues: values.flat().join(','), fields: names.join(',') } };
}

function idOf(json: JsonObject): string {
  const id = json['marketoGUID'] ?? json['id'];
  if (typeof id !== 'number' && typeof id !== 'string') throw invalid('id');
  return String(id);
}

const scalarOf = (raw: unknown): Scalar =>
  typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean' ? raw : null;
