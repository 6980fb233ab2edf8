import { tableDefinitions, type FieldDefinition, type TableDefinition } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';

/** A table of persons with the columns of the mapping: what is asked back of what is written there. */
export function personTable(table: 'lead' | 'contact', mapping: readonly MappingRow[]): TableDefinition {
  const definition = tableDefinitions[table];
  if (!definition) throw new Error(`no definition of ${table}`);
  const known = new Set(definition.fields.map(({ name }) => name));
  const added = new Map<string, FieldDefinition>();
  for (const { columns, type } of mapping) {
    const name = columns[table];
    if (name !== undefined && !known.has(name)) added.set(name, { name, type });
  }

  return { ...definition, fields: [...definition.fields, ...added.values()] };
}
