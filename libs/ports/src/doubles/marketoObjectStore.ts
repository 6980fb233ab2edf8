import type { MarketoEntity, Scalar, ScalarValues } from '@lockstep/change-events';
import type { MarketoObject, ObjectResult } from '../marketoObjects.ts';

const keys: Readonly<Record<string, readonly string[]>> = {
  salesperson: ['externalSalesPersonId'],
  company: ['externalCompanyId'],
  opportunity: ['externalOpportunityId'],
  role: ['externalOpportunityId', 'leadId', 'role'],
};

export const keyNames = (entity: MarketoEntity): readonly string[] => keys[entity] ?? ['key'];

/** Fields by which records name others, and what Marketo says when those are not there (marketo-rest 4). */
const links: readonly { readonly field: string; readonly parent: MarketoEntity; readonly code: string }[] = [
  { field: 'externalSalesPersonId', parent: 'salesperson', code: '718' },
  { field: 'externalCompanyId', parent: 'company', code: '718' },
  { field: 'externalOpportunityId', parent: 'opportunity', code: '1013' },
];

export const keyText = (entity: MarketoEntity, record: ScalarValues): string =>
  JSON.stringify(keyNames(entity).map((name) => String(record[name] ?? '')));

/** `isPerson` and `afterCompany` are those of the persons beside them; `beforeUpsert` is that of `MarketoHooks`. */
export type ObjectHooks = {
  isPerson?: (id: string) => boolean;
  afterCompany?: (externalCompanyId: Scalar) => void;
  beforeUpsert?: () => 'LATER' | void;
};

/** One record that was written or deleted, whether or not that changed anything. */
export type ObjectWrite = {
  readonly entity: MarketoEntity;
  readonly record: ScalarValues;
  readonly result: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly isChange: boolean;
};

type Table = Map<string, MarketoObject>;

/** Records beside persons by entity and key, and what was done to them. */
export function createMarketoObjectStore(hooks: ObjectHooks) {
  const tables = new Map<MarketoEntity, Table>();
  const writes: ObjectWrite[] = [];
  let made = 0;
  function tableOf(entity: MarketoEntity): Table {
    const table = tables.get(entity) ?? new Map<string, MarketoObject>();
    tables.set(entity, table);
    return table;
  }
  function save(entity: MarketoEntity, record: ScalarValues): ObjectResult {
    const [table, key] = [tableOf(entity), keyText(entity, record)];
    const before = table.get(key);
    const id = before?.id ?? String((made += 1));
    const result = before ? 'UPDATED' : 'CREATED';
    table.set(key, { id, fields: { ...before?.fields, ...record } });
    writes.push({ entity, record, result, isChange: !before || differs(before.fields, record) });
    return { result, id };
  }

  return {
    ...{ writes, tableOf },
    upsertOne(entity: MarketoEntity, record: ScalarValues): ObjectResult {
      const isNobody = namesPerson(entity, record) && hooks.isPerson?.(String(record['leadId'])) === false;
      const missing = isNobody ? '1004' : missingCode(tableOf, entity, record);
      if (missing) return { result: 'PARENT_MISSING', marketoCode: missing };
      const result = save(entity, record);
      if (entity === 'company') hooks.afterCompany?.(record['externalCompanyId'] ?? null);
      return result;
    },
    removeOne(entity: MarketoEntity, record: ScalarValues): ObjectResult {
      const [table, key] = [tableOf(entity), keyText(entity, record)];
      const found = table.get(key);
      if (!found) return { result: 'NOT_FOUND' };
      if (isNamed(tables, entity, record)) return { result: 'IN_USE' };
      table.delete(key);
      writes.push({ entity, record, result: 'DELETED', isChange: true });
      return { result: 'DELETED', id: found.id };
    },
    giveRoles: (personId: string, to: string | null) => giveRoles(tableOf('role'), personId, to),
  };
}

const namesPerson = (entity: MarketoEntity, { leadId = null }: ScalarValues): boolean =>
  entity === 'role' || (entity.startsWith('custom:') && leadId !== null);

function missingCode(
  tableOf: (entity: MarketoEntity) => Table,
  entity: MarketoEntity,
  record: ScalarValues,
): string | undefined {
  return links.find(({ field, parent }) => {
    const value: Scalar = parent === entity ? null : (record[field] ?? null);
    return value !== null && !tableOf(parent).has(JSON.stringify([String(value)]));
  })?.code;
}

function giveRoles(roles: Table, personId: string, to: string | null): void {
  for (const [key, role] of [...roles]) {
    if (String(role.fields['leadId']) !== personId) continue;
    roles.delete(key);
    const fields = { ...role.fields, leadId: Number(to) };
    const next = keyText('role', fields);
    if (to !== null && !roles.has(next)) roles.set(next, { ...role, fields });
  }
}

const differs = (before: ScalarValues, record: ScalarValues): boolean =>
  Object.entries(record).some(([name, value]) => (before[name] ?? null) !== value);

function isNamed(
  tables: ReadonlyMap<MarketoEntity, Table>,
  entity: MarketoEntity,
  record: ScalarValues,
): boolean {
  const link = links.find(({ parent }) => parent === entity);
  if (!link) return false;
  const others = [...tables].flatMap(([other, table]) => (other === entity ? [] : [...table.values()]));
  return others.some(({ fields }) => fields[link.field] === record[link.field]);
}
