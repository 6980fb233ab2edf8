import type { TableDefinition } from '@lockstep/change-events';
import type { Clock, DynamicsCatalog } from '@lockstep/ports';

/** Ten minutes: a description costs some calls, and a refused column only parks its own writes meanwhile. */
const intervalMs = 600_000;

export type WatchOptions = {
  readonly catalog: DynamicsCatalog;
  /** The columns of the mapping, by table. */
  readonly wanted: Readonly<Record<string, TableDefinition>>;
  readonly clock: Clock;
  readonly onFailure: (error: unknown, table: string) => void;
};

/**
 * What the writer asks back after a write, kept in line with Dynamics until `signal`: a column that is gone, hidden or of
 * another type than the mapping's would make every answer an error (F-55, G-14). The record is changed in place.
 */
export async function watchDefinitions(
  definitions: Record<string, TableDefinition>,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const tables = Object.values(options.wanted);
  while (!signal.aborted) {
    for (const wanted of tables) await refresh(definitions, { ...options, wanted }, signal);
    await options.clock.sleep(intervalMs, signal);
  }
}

async function refresh(
  definitions: Record<string, TableDefinition>,
  { catalog, wanted, onFailure }: Omit<WatchOptions, 'wanted'> & { readonly wanted: TableDefinition },
  signal: AbortSignal,
): Promise<void> {
  try {
    definitions[wanted.table] = await describe(catalog, wanted, signal);
  } catch (error) {
    if (!signal.aborted) onFailure(error, wanted.table);
  }
}

async function describe(
  catalog: DynamicsCatalog,
  wanted: TableDefinition,
  signal: AbortSignal,
): Promise<TableDefinition> {
  const columns = wanted.fields.map(({ name }) => name);
  const { definition } = await catalog.describe({ table: wanted.table, columns }, signal);
  const types = new Map(definition.fields.map(({ name, type }) => [name, type]));
  return { ...wanted, fields: wanted.fields.filter(({ name, type }) => types.get(name) === type) };
}
