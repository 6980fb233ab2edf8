import { badRequest, errorCodes } from './dataverseError.ts';
import { userId, type Actor } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import type { Plugin } from './plugin.ts';
import { readFields, type FieldValues } from './readFields.ts';
import type { TableDefinition } from './tableDefinition.ts';

type Write = {
  readonly table: TableDefinition;
  readonly operation: 'create' | 'update';
  readonly values: FieldValues;
};

/** What the plug-ins of a table make of a write. */
export interface PluginEffect {
  readonly values: FieldValues;
  /** Who is said to have written last. */
  readonly author: Actor;
  /** What they write once the row is answered, in the words of the API. */
  readonly afterwards: { readonly body: Plugin['set']; readonly actor: Actor } | undefined;
}

const systemActor: Actor = { id: userId('SYSTEM'), name: 'SYSTEM', kind: 'application' };

/** The plug-ins that a write concerns. Throws 0x80040265 when one aborts it. */
function concerned(state: OrganizationState, write: Write): readonly Plugin[] {
  const found = [...state.plugins.values()].filter((plugin) => concerns(plugin, write));
  const aborting = found.find(({ abort }) => abort !== null);
  if (aborting) throw badRequest(errorCodes.pluginAborted, aborting.abort ?? '');
  return found;
}

/**
 * A write with what the plug-ins of its table add: one row, one version, one author, so that a client sees changes beside its
 * own in the answer. In whose name they write, and whether within the write, is inferred (facts, sections 3.6, 3.9 and 4.3).
 */
export function withPlugins(state: OrganizationState, write: Write, caller: Actor): PluginEffect {
  const found = state.context?.bypassesSync ? [] : concerned(state, write);
  const { pluginAuthor, doPluginsWriteAfterwards } = state.settings;
  if (found.length === 0) return { values: write.values, author: caller, afterwards: undefined };
  const author = pluginAuthor === 'caller' ? caller : systemActor;
  const set = Object.assign({}, ...found.map((plugin) => plugin.set)) as Plugin['set'];
  if (doPluginsWriteAfterwards)
    return { values: write.values, author: caller, afterwards: { body: set, actor: author } };
  const { table, operation } = write;
  const added = readFields(state, table, set, { operation, isPrivileged: true });
  return { values: { ...write.values, ...added }, author, afterwards: undefined };
}

function concerns({ table, message, whenColumns }: Plugin, write: Write): boolean {
  if (table !== write.table.name || message.toLowerCase() !== write.operation) return false;
  const written = (column: string): boolean =>
    (write.table.byName.get(column)?.property ?? column) in write.values;
  return whenColumns === null || whenColumns.some(written);
}
