import type { MarketoEntity, Scalar, ScalarValues } from '@lockstep/change-events';
import type { MarketoObject, MarketoObjects, ObjectResult } from '../marketoObjects.ts';
import type { MarketoField } from '../marketoSetup.ts';

const keys: Readonly<Record<string, readonly string[]>> = {
  salesperson: ['externalSalesPersonId'],
  company: ['externalCompanyId'],
  opportunity: ['externalOpportunityId'],
  role: ['externalOpportunityId', 'leadId', 'role'],
};

const keyNames = (entity: MarketoEntity): readonly string[] => keys[entity] ?? ['key'];

const text = (name: string, lengthMax: number): MarketoField => ({
  ...{ name, type: 'string', lengthMax, isWritable: true },
});

/** Of companies what the contract asks for, of all others their keys. */
const companyFields: readonly MarketoField[] = [
  text('externalCompanyId', 50),
  text('company', 255),
  text('industry', 255),
  { name: 'annualRevenue', type: 'number', lengthMax: null, isWritable: true },
  { name: 'createdAt', type: 'timestamp', lengthMax: null, isWritable: false },
];

function describedFields(entity: MarketoEntity): ReadonlyMap<string, MarketoField> {
  const fields = entity === 'company' ? companyFields : keyNames(entity).map((name) => text(name, 50));
  return new Map(fields.map((field) => [field.name, field]));
}

/** Fields by which records name others, and what Marketo says when those are not there (marketo-rest 4). */
const links: readonly { readonly field: string; readonly parent: MarketoEntity; readonly code: string }[] = [
  { field: 'externalSalesPersonId', parent: 'salesperson', code: '718' },
  { field: 'externalCompanyId', parent: 'company', code: '718' },
  { field: 'externalOpportunityId', parent: 'opportunity', code: '1013' },
];

const keyText = (entity: MarketoEntity, record: ScalarValues): string =>
  JSON.stringify(keyNames(entity).map((name) => String(record[name] ?? '')));

export type InMemoryMarketoObjects = MarketoObjects & {
  /** Records of an entity, in the order in which they were made. */
  records(entity: MarketoEntity): readonly ScalarValues[];
};

/** Keeps keys and links as Marketo does; custom objects have the key `key` and name nobody. */
export function inMemoryMarketoObjects(): InMemoryMarketoObjects {
  const tables = new Map<MarketoEntity, Map<string, MarketoObject>>();
  let made = 0;
  function tableOf(entity: MarketoEntity): Map<string, MarketoObject> {
    const table = tables.get(entity) ?? new Map<string, MarketoObject>();
    tables.set(entity, table);
    return table;
  }
  function upsertOne(entity: MarketoEntity, record: ScalarValues): ObjectResult {
    const missing = links.find(({ field, parent }) => {
      if (parent === entity) return false;
      const value: Scalar = record[field] ?? null;
      return value !== null && !tableOf(parent).has(JSON.stringify([String(value)]));
    });
    if (missing) return { result: 'PARENT_MISSING', marketoCode: missing.code };
    const [table, key] = [tableOf(entity), keyText(entity, record)];
    const before = table.get(key);
    const id = before?.id ?? String((made += 1));
    table.set(key, { id, fields: { ...before?.fields, ...record } });
    return { result: before ? 'UPDATED' : 'CREATED', id };
  }

  function isNamed(entity: MarketoEntity, record: ScalarValues): boolean {
    const link = links.find(({ parent }) => parent === entity);
    if (!link) return false;
    const others = [...tables].flatMap(([other, table]) => (other === entity ? [] : [...table.values()]));
    return others.some(({ fields }) => fields[link.field] === record[link.field]);
  }

  function removeOne(entity: MarketoEntity, record: ScalarValues): ObjectResult {
    const [table, key] = [tableOf(entity), keyText(entity, record)];
    const found = table.get(key);
    if (!found) return { result: 'NOT_FOUND' };
    if (isNamed(entity, record)) return { result: 'IN_USE' };
    table.delete(key);
    return { result: 'DELETED', id: found.id };
  }

  return {
    records: (entity) => [...tableOf(entity).values()].map(({ fields }) => fields),
    keyFields: async (entity) => keyNames(entity),
    describe: async (entity) => describedFields(entity),
    upsert: async (entity, records) => records.map((record) => upsertOne(entity, record)),
    remove: async (entity, records) => records.map((record) => removeOne(entity, record)),
    find: async (entity, records, fields) =>
      records.flatMap((record) => {
        const found = tableOf(entity).get(keyText(entity, record));
        const names = [...new Set([...keyNames(entity), ...fields])];
        const shown = names.map((name) => [name, found?.fields[name] ?? null] as const);
        return found ? [{ id: found.id, fields: Object.fromEntries(shown) }] : [];
      }),
  };
}
