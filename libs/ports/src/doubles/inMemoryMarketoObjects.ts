import { SyncError, type MarketoEntity, type ScalarValues } from '@lockstep/change-events';
import type { MarketoObjects } from '../marketoObjects.ts';
import type { MarketoField } from '../marketoSetup.ts';
import {
  createMarketoObjectStore,
  keyNames,
  keyText,
  type ObjectHooks,
  type ObjectWrite,
} from './marketoObjectStore.ts';

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

export type InMemoryMarketoObjects = MarketoObjects & {
  readonly hooks: ObjectHooks;
  /** All that was ever carried out; it only grows. */
  readonly writes: readonly ObjectWrite[];
  /** Records of an entity, in the order in which they were made. */
  records(entity: MarketoEntity): readonly ScalarValues[];
  /** The roles of a person who is gone are those of another one, as far as that has not got them, or of nobody. */
  giveRoles(personId: string, to: string | null): void;
  /** Writes what `beforeUpsert` put off. */
  commitLate(): void;
};

type Upsert = { readonly entity: MarketoEntity; readonly records: readonly ScalarValues[] };

/** Keeps keys and links as Marketo does; custom objects have the key `key`, and name a person by `leadId`. */
export function inMemoryMarketoObjects(): InMemoryMarketoObjects {
  const hooks: ObjectHooks = {};
  const store = createMarketoObjectStore(hooks);
  const { tableOf, upsertOne } = store;
  const late: Upsert[] = [];

  return {
    hooks,
    writes: store.writes,
    records: (entity) => [...tableOf(entity).values()].map(({ fields }) => fields),
    giveRoles: store.giveRoles,
    commitLate() {
      for (const { entity, records } of late.splice(0))
        for (const record of records) upsertOne(entity, record);
    },
    keyFields: async (entity) => keyNames(entity),
    describe: async (entity) => describedFields(entity),
    async upsert(entity, records) {
      if (hooks.beforeUpsert?.() !== 'LATER') return records.map((record) => upsertOne(entity, record));
      late.push({ entity, records });
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN', { marketoCode: '604' });
    },
    remove: async (entity, records) => records.map((record) => store.removeOne(entity, record)),
    find: async (entity, records, fields) =>
      records.flatMap((record) => {
        const found = tableOf(entity).get(keyText(entity, record));
        const names = [...new Set([...keyNames(entity), ...fields])];
        const shown = names.map((name) => [name, found?.fields[name] ?? null] as const);
        return found ? [{ id: found.id, fields: Object.fromEntries(shown) }] : [];
      }),
  };
}
