import type { TableDefinition } from '@lockstep/change-events';
import type { Clock, DynamicsCatalog } from '@lockstep/ports';

/** Ten minutes: a description costs some calls, and a refused column only parks its own writes meanwhile. */
const intervalMs = 600_000;

export type WatchOptions = {
  readonly catalog: DynamicsCatalog;
  /** The columns of the mapping, by table. */
  readonly wanted: Readonly<Record<string, TableDefinition>>;
  /** Columns that are asked back too, of whatever type they are, by table. */
  readonly ofAnyType?: Readonly<Record<string, readonly string[]>>;
  readonly clock: Clock;
  readonly onFailure: (error: unknown, table: string) => void;
  /** Before a table is asked back with these columns; what it throws leaves the columns as they were. */
  readonly onDescribed?: (definition: TableDefinition) => Promise<void>;
  /** Columns that Dynamics does not have, does not show, or has with another type. */
  readonly onLacking?: (table: string, columns: readonly string[]) => void;
  /** Describes what else there is; false when some of it could not be. */
  readonly describeOthers?: (signal: AbortSignal) => Promise<boolean>;
  /** After each look at all tables. */
  readonly onRound?: () => void;
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
  while (!signal.aborted) {
    await describeTables(definitions, options, signal);
    if (!signal.aborted) options.onRound?.();
    await options.clock.sleep(intervalMs, signal);
  }
}

/** Looks once; true when every table could be described. */
export async function describeTables(
  definitions: Record<string, TableDefinition>,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<boolean> {
  let isComplete = (await options.describeOthers?.(signal)) ?? true;
  for (const wanted of Object.values(options.wanted))
    if (!(await refresh(definitions, { ...options, wanted }, signal))) isComplete = false;

  return isComplete;
}

async function refresh(
  definitions: Record<string, TableDefinition>,
  options: Omit<WatchOptions, 'wanted'> & { readonly wanted: TableDefinition },
  signal: AbortSignal,
): Promise<boolean> {
  const { catalog, wanted, onFailure, onDescribed, onLacking } = options;
  const also = options.ofAnyType?.[wanted.table] ?? [];
  try {
    const described = await describe(catalog, { wanted, also }, signal);
    await onDescribed?.(described);
    const asked = [...wanted.fields.map(({ name }) => name), ...also];
    const lacking = asked.filter((column) => !described.fields.some(({ name }) => name === column));
    if (lacking.length > 0) onLacking?.(wanted.table, lacking);
    definitions[wanted.table] = described;

    return true;
  } catch (error) {
    if (!signal.aborted) onFailure(error, wanted.table);

    return false;
  }
}

type Asked = { readonly wanted: TableDefinition; readonly also: readonly string[] };

async function describe(
  catalog: DynamicsCatalog,
  { wanted, also }: Asked,
  signal: AbortSignal,
): Promise<TableDefinition> {
  const named = new Set(wanted.fields.map(({ name }) => name));
  const columns = [...new Set([...named, ...also])];
  const { definition } = await catalog.describe({ table: wanted.table, columns }, signal);
  const types = new Map(definition.fields.map(({ name, type }) => [name, type]));
  const added = definition.fields.filter(({ name }) => also.includes(name) && !named.has(name));

  return {
    ...wanted,
    fields: [...wanted.fields.filter(({ name, type }) => types.get(name) === type), ...added],
  };
}
