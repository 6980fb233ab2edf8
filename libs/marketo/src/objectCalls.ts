import type { MarketoEntity, Scalar, ScalarValues } from '@lockstep/change-events';
import type { MarketoObject, MarketoObjects } from '@lockstep/ports';
import { isNotThere } from './failures.ts';
import type { MarketoCall, MarketoClient } from './marketoClient.ts';
import { invalid, objectsOf, type JsonObject } from './readValues.ts';
import { fieldsOf, keyOf } from './readDescription.ts';
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

/** Fields are added and lengthened now and then; a look an hour at an entity that is written costs 24 calls a day. */
const describedForMs = 3_600_000;

/** `now` is the time in ms. */
export function createObjectCalls(client: MarketoClient, now: () => number): MarketoObjects {
  const description = createDescriptions(client, now);

  async function keyFields(entity: MarketoEntity): Promise<readonly string[]> {
    return isStandard(entity) ? standard[entity].key : keyOf(await description(entity));
  }

  const keysOf = async (entity: MarketoEntity, records: readonly ScalarValues[]): Promise<ScalarValues[]> => {
    const names = await keyFields(entity);
    return records.map((record) => Object.fromEntries(names.map((name) => [name, record[name] ?? null])));
  };

  return {
    keyFields,
    describe: (entity) =>
      description(entity).then(fieldsOf, (error: unknown) => {
        if (isNotThere(error)) return null;
        throw error;
      }),
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
      // One that is not there would have the whole call refused (1006).
      const known = fieldsOf(await description(entity));
      const names = [...(await keyFields(entity)), ...fields.filter((name) => known.has(name))];
      return findObjects(client, entity, { keys, names: [...new Set(names)] });
    },
  };
}

type Described = (entity: MarketoEntity) => Promise<JsonObject>;

/** What Marketo says of an entity; a failure is asked anew. */
function createDescriptions(client: MarketoClient, now: () => number): Described {
  const known = new Map<MarketoEntity, { readonly untilMs: number; readonly answer: Promise<JsonObject> }>();
  const ask = async (entity: MarketoEntity): Promise<JsonObject> => {
    const path = `${pathOf(entity)}/describe.json`;
    const { result } = await client.call({ kind: 'read', path, query: {} });
    const [description] = objectsOf(result);
    if (!description) throw invalid('result');
    return description;
  };

  return (entity) => {
    const before = known.get(entity);
    if (before && now() < before.untilMs) return before.answer;
    const answer = ask(entity);
    known.set(entity, { untilMs: now() + describedForMs, answer });
    answer.catch(() => known.delete(entity));
    return answer;
  };
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
