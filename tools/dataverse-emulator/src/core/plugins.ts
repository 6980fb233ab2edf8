import { badRequest, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { readFields, type FieldValues } from './readFields.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** A synchronous plug-in as data: what it does inside the write of somebody else. */
export interface Plugin {
  readonly id: string;
  readonly table: string;
  readonly message: 'Create' | 'Update';
  /** It runs when one of these is written; null for every write. */
  readonly whenColumns: readonly string[] | null;
  /** Columns it sets, in the words of the API. */
  readonly set: Readonly<Record<string, unknown>>;
  /** It refuses the write with this message. */
  readonly abort: string | null;
}

type Write = {
  readonly table: TableDefinition;
  readonly operation: 'create' | 'update';
  readonly values: FieldValues;
};

/**
 * The values of a write with what the plug-ins of its table add: one row, one version, one author, so that a client sees
 * changes beside its own in the answer. Throws 0x80040265 when one aborts (facts, sections 3.6 and 4.3).
 */
export function withPlugins(state: OrganizationState, write: Write): FieldValues {
  if (state.context?.bypassesSync) return write.values;
  let { values } = write;
  for (const plugin of state.plugins.values()) {
    if (!concerns(plugin, write)) continue;
    if (plugin.abort !== null) throw badRequest(errorCodes.pluginAborted, plugin.abort);
    const { table, operation } = write;
    values = { ...values, ...readFields(state, table, plugin.set, { operation, isPrivileged: true }) };
  }
  return values;
}

function concerns({ table, message, whenColumns }: Plugin, write: Write): boolean {
  if (table !== write.table.name || message.toLowerCase() !== write.operation) return false;
  const written = (column: string): boolean =>
    (write.table.byName.get(column)?.property ?? column) in write.values;
  return whenColumns === null || whenColumns.some(written);
}
