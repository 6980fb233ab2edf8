import { SyncError, tableDefinitions, type FieldValues, type TableDefinition } from '@lockstep/change-events';
import type { Clock } from '../clock.ts';
import type { DynamicsCatalog } from '../dynamicsCatalog.ts';
import type {
  DynamicsMerge,
  DynamicsMergeResult,
  DynamicsReader,
  DynamicsRemoval,
  DynamicsRemoveResult,
  DynamicsRow,
  DynamicsUpdate,
  DynamicsUpdateResult,
  DynamicsWriter,
} from '../dynamicsTable.ts';
import {
  columnRules,
  stockOptionLabels,
  type ColumnRules,
  type OptionLabels,
} from './dynamicsColumnRules.ts';
import type { DynamicsHooks } from './dynamicsHooks.ts';
import { createDynamicsPages } from './dynamicsPositions.ts';
import { dynamicsReaderSide } from './dynamicsReaderSide.ts';
import { createDynamicsRowStore, type DynamicsRowStore, type TableColumns } from './dynamicsRowStore.ts';
import { createIn, defaultHuman, findOwners, setAtCreation, writeColumns } from './dynamicsCreation.ts';
import { dynamicsRequestsSide } from './dynamicsRequestsSide.ts';
import type { DynamicsRequests } from '../dynamicsRequests.ts';
import type { SeenMember, SeenTask } from '../contracts/dynamicsHarness.ts';
import type { RecordedState } from './recordedState.ts';

export type InMemoryDynamicsOptions = {
  readonly clock?: Pick<Clock, 'now'>;
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  readonly optionLabels?: OptionLabels;
  readonly pageSizeMax?: number;
  /** Who our own writes are shown to come from. */
  readonly applicationUser?: string;
};

/** A row to seed; columns that are left out get the table's defaults. */
export type SeedRow = { readonly id: string; readonly fields: FieldValues };

/** Dynamics in memory, with a human side. `states` only grows. */
export type InMemoryDynamics = DynamicsReader &
  DynamicsCatalog &
  DynamicsWriter &
  DynamicsRequests & {
    readonly hooks: DynamicsHooks;
    readonly states: readonly RecordedState[];
    seed(table: string, rows: readonly SeedRow[], actor?: string): void;
    /** Answers the new version; the version rises even when no value changes. Throws for a missing row. */
    edit(table: string, id: string, fields: FieldValues, actor?: string): number;
    remove(table: string, id: string, actor?: string): void;
    rows(table: string): readonly DynamicsRow[];
    tasks(): readonly SeenTask[];
    seedCampaign(id: string, name: string): void;
    members(campaignId: string): readonly SeenMember[];
    /** From now on every position handed out so far answers DYNAMICS_POSITION_EXPIRED. */
    expirePositions(): void;
    /** Adds, drops or retypes columns, or hides secured ones, as an administrator does. Positions stay valid. */
    setColumns(table: string, change: Partial<TableColumns>): void;
  };

const defaultApplication = '99999999-9999-4999-8999-999999999999';
const startOfTimeMs = Date.UTC(2026, 0, 1);

/** Keeps Dataverse's promises (facts 1, 3.2): one version counter, delta positions, tombstones, If-Match. */
export function inMemoryDynamics(options: InMemoryDynamicsOptions = {}): InMemoryDynamics {
  const { clock = { now: () => startOfTimeMs }, tables = tableDefinitions, pageSizeMax = 5000 } = options;
  const store = createDynamicsRowStore(tables, () => clock.now());
  const pages = createDynamicsPages(store, pageSizeMax);
  const rules = columnRules(options.optionLabels ?? stockOptionLabels);
  const application = { kind: 'application', name: options.applicationUser ?? defaultApplication } as const;
  const hooks: DynamicsHooks = {};
  const written = { store, rules, now: () => clock.now(), application };

  return {
    hooks,
    ...humanSide(store, rules, () => clock.now()),
    expirePositions: () => pages.expire(),
    setColumns: (table, change) => store.setColumns(table, { ...store.columns(table), ...change }),
    ...dynamicsReaderSide(store, {
      beforeCall: (operation, table) => hooks.beforeCall?.(operation, table),
      pages,
      pageSizeMax,
    }),
    async read(table, id) {
      await hooks.beforeCall?.('read', table);

      return store.row(table, id.toLowerCase());
    },
    ...writerSide(hooks, written),
    ...dynamicsRequestsSide(store, hooks),
    async findOwners(text) {
      await hooks.beforeCall?.('findOwners', 'systemuser');

      return findOwners(store, text);
    },
  };
}

type WriterParts = Parameters<typeof createIn>[0];
type WriterSide = Pick<DynamicsWriter, 'update' | 'deleteRow' | 'mergeRow' | 'create'>;

function writerSide(hooks: DynamicsHooks, parts: WriterParts): WriterSide {
  const create = createIn(parts);

  return {
    async update(change) {
      await hooks.beforeCall?.('update', change.table);
      await hooks.beforeUpdate?.(change);
      const result = update(parts, change);
      await hooks.afterUpdate?.(change, result);

      return result;
    },
    async deleteRow(removal) {
      await hooks.beforeCall?.('deleteRow', removal.table);
      const result = deleteRow(parts, removal);
      await hooks.afterDelete?.(removal, result);

      return result;
    },
    async mergeRow(merge) {
      await hooks.beforeCall?.('mergeRow', merge.table);
      const result = mergeRow(parts, merge);
      await hooks.afterMerge?.(merge, result);

      return result;
    },
    async create(creation) {
      await hooks.beforeCall?.('create', creation.table);
      const result = create(creation);
      await hooks.afterCreate?.(creation, result);

      return result;
    },
  };
}

function update({ store, rules, application }: WriterParts, change: DynamicsUpdate): DynamicsUpdateResult {
  const found = guard(store, change);
  if ('result' in found) return found;
  if (change.table === 'lead' && stateOf(found.fields) !== 0) return closedLead;
  const written = writeColumns({ rules, store }, store.definition(change.table), change.columns);
  if ('fault' in written) return { result: 'REFUSED', ...written.fault };
  const fields = { ...found.fields, ...written.fields, ...(change.owner ? { ownerid: change.owner } : {}) };

  return { result: 'WRITTEN', row: store.save(change.table, change.id, fields, application) };
}

/** Read-only until it is reactivated (facts 6). */
const closedLead: DynamicsUpdateResult = {
  ...{ result: 'REFUSED', code: 'DYNAMICS_ROW_CLOSED', field: null, detail: 'the row is closed' },
};

function deleteRow({ store, application }: WriterParts, removal: DynamicsRemoval): DynamicsRemoveResult {
  const found = guard(store, removal);
  if ('result' in found) return found;
  store.remove(removal.table, removal.id, application);

  return { result: 'DELETED' };
}

/** The row that carries on must be there and in use; it gets a new version, as whatever a merge touches. */
function mergeRow({ store, rules, application }: WriterParts, merge: DynamicsMerge): DynamicsMergeResult {
  const { table, id, into } = merge;
  const found = guard(store, merge);
  if ('result' in found) return found;
  const winner = store.row(table, into);
  if (!winner) return refusedMerge('0x80040217', 'the row that it names is not there');
  if ([found, winner].some(({ fields }) => stateOf(fields) !== 0) || id === into)
    return refusedMerge('0x80045304', 'only two rows that are in use are merged');
  const closed = writeColumns({ rules, store }, store.definition(table), {
    statecode: table === 'lead' ? 2 : 1,
  });
  if ('fault' in closed) return { result: 'REFUSED', ...closed.fault };
  store.save(table, into, winner.fields, application);
  const masterid = { id: into, table };
  store.save(table, id, { ...found.fields, ...closed.fields, merged: true, masterid }, application);

  return { result: 'MERGED' };
}

const refusedMerge = (code: string, detail: string): DynamicsMergeResult => ({
  ...{ result: 'REFUSED', code, field: null, detail },
});

function stateOf({ statecode }: FieldValues): number {
  return typeof statecode === 'object' && statecode !== null && 'value' in statecode ? statecode.value : 0;
}

type HumanSide = Pick<InMemoryDynamics, 'states' | 'seed' | 'edit' | 'remove' | 'rows'>;

function humanSide(store: DynamicsRowStore, rules: ColumnRules, now: () => number): HumanSide {
  const human = (name = defaultHuman) => ({ kind: 'human', name }) as const;

  return {
    states: store.states,
    seed(table, rows, actor) {
      const blank = {
        ...rules.blankRow(store.definition(table)),
        ...setAtCreation(store.definition(table), now(), actor),
      };
      for (const { id, fields } of rows)
        store.save(table, id.toLowerCase(), { ...blank, ...fields }, human(actor));
    },
    edit(table, id, fields, actor) {
      const before = store.row(table, id);
      if (!before) throw new SyncError('INTERNAL', { reason: 'no such row in the double', table, id });

      return store.save(table, id, { ...before.fields, ...fields }, human(actor)).version;
    },
    remove: (table, id, actor) => store.remove(table, id, human(actor)),
    rows: (table) => store.rows(table),
  };
}

function guard(
  store: DynamicsRowStore,
  { table, id, version }: DynamicsRemoval,
): DynamicsRow | { readonly result: 'MISSING' | 'STALE' } {
  const row = store.row(table, id);
  if (!row) return { result: 'MISSING' };

  return row.version === version ? row : { result: 'STALE' };
}
