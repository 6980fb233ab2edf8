import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog, TableDescription, TableSelection } from '../dynamicsCatalog.ts';
import type { DynamicsPage, DynamicsReader, DynamicsRow } from '../dynamicsTable.ts';
import type { DynamicsPages } from './dynamicsPositions.ts';
import type { DynamicsRowStore } from './dynamicsRowStore.ts';

export type DynamicsOperation =
  | 'readPage'
  | 'readSince'
  | 'readWhere'
  | 'newestVersion'
  | 'countRows'
  | 'describe'
  | 'read'
  | 'update'
  | 'deleteRow'
  | 'mergeRow'
  | 'create'
  | 'findOwners'
  | 'createTask'
  | 'findCampaigns'
  | 'changeMembers';

export type ReaderParts = {
  /** Called before every read; may throw in its place. */
  readonly beforeCall: (operation: DynamicsOperation, table: string) => void | Promise<void>;
  readonly pages: DynamicsPages;
  readonly pageSizeMax: number;
};

export function dynamicsReaderSide(
  store: DynamicsRowStore,
  { beforeCall, pages, pageSizeMax }: ReaderParts,
): DynamicsReader & DynamicsCatalog {
  const begin: Begin = async (operation, table, signal) => {
    if (signal?.aborted) throw new SyncError('DYNAMICS_UNREACHABLE', { reason: 'stopped' });
    await beforeCall(operation, table);
  };
  const rowsAnswer = (
    definition: TableDefinition,
    rows: readonly DynamicsRow[],
    position: string | null,
  ) => ({
    rows: rows.map((row) => shown(store, definition, row)),
    refused: [],
    position,
    metadataVersion: store.metadataVersion(definition.table),
  });

  return {
    async readPage(definition, position, signal) {
      await begin('readPage', definition.table, signal);
      const page: DynamicsPage = pages.read(definition.table, position);

      return { ...page, rows: page.rows.map((row) => shown(store, definition, row)) };
    },
    async readSince(definition, version, signal) {
      await begin('readSince', definition.table, signal);
      const changes = store.changes(definition.table, version, Number.MAX_SAFE_INTEGER);
      const rows = changes.flatMap(({ row }) => (row ? [row] : [])).slice(0, pageSizeMax);

      return rowsAnswer(definition, rows, rows.length === pageSizeMax ? String(rows.at(-1)?.version) : null);
    },
    async readWhere(definition, { filter, position }, signal) {
      await begin('readWhere', definition.table, signal);
      const matching = store.rows(definition.table).filter(filterOf(definition.table, filter));
      const start = Number(position ?? 0);
      const rows = matching.slice(start, start + pageSizeMax);
      const end = start + rows.length;

      return rowsAnswer(definition, rows, end < matching.length ? String(end) : null);
    },
    ...countingSide(store, begin),
    async describe(selection, signal) {
      await begin('describe', selection.table, signal);

      return describe(store, selection);
    },
  };
}

type Begin = (operation: DynamicsOperation, table: string, signal?: AbortSignal) => Promise<void>;

function countingSide(
  store: DynamicsRowStore,
  begin: Begin,
): Pick<DynamicsReader, 'newestVersion' | 'countRows'> {
  return {
    async newestVersion({ table }, signal) {
      await begin('newestVersion', table, signal);

      return Math.max(0, ...store.rows(table).map(({ version }) => version));
    },
    async countRows({ table }) {
      await begin('countRows', table);

      return store.rows(table).length;
    },
  };
}

/** A row with the columns of the definition only; hidden cells are null, and a column that is gone is absent. */
function shown(store: DynamicsRowStore, { table, fields }: TableDefinition, row: DynamicsRow): DynamicsRow {
  const { definition, hidden } = store.columns(table);
  const present = fields.filter(({ name }) => definition.fields.some((field) => field.name === name));
  const cells = present.map(
    ({ name }) => [name, hidden.includes(name) ? null : (row.fields[name] ?? null)] as const,
  );

  return { ...row, fields: Object.fromEntries(cells) };
}

function describe(store: DynamicsRowStore, { table, columns }: TableSelection): TableDescription {
  const { definition, hidden, secured } = store.columns(table);
  const wanted = columns ?? definition.fields.map(({ name }) => name);
  const isThere = (name: string) => definition.fields.some((field) => field.name === name);
  const fields = definition.fields.filter(({ name }) => wanted.includes(name) && !hidden.includes(name));

  return {
    definition: { ...definition, fields },
    excluded: wanted
      .filter((name) => !isThere(name) || hidden.includes(name))
      .map((column) => ({ column, reason: isThere(column) ? 'UNREADABLE' : 'MISSING' })),
    secured: secured.filter((name) => fields.some((field) => field.name === name)),
    metadataVersion: store.metadataVersion(table),
  };
}

/** Only `column eq 'text'` and `column eq id`; the OData grammar is the server's. */
function filterOf(table: string, filter: string): (row: DynamicsRow) => boolean {
  const [, column = '', value = ''] = /^(\w+) eq '?([^']*?)'?$/.exec(filter) ?? [];
  if (column === '') throw new SyncError('QUERY_INVALID', { table });

  return ({ id, fields }) => (column === `${table}id` ? id : fields[column]) === value;
}
