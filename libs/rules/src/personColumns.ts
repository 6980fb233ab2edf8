import {
  personFields,
  tableDefinitions,
  type FieldDefinition,
  type FieldType,
  type TableDefinition,
} from '@lockstep/change-events';
import { builtInType, type GoldenType, type MappingRow } from '@lockstep/reconciliation';
import type { Rules } from './readRules.ts';

/** True for a column that is read and asked back whatever the file says. */
export function isDefaultColumn(table: string, column: string): boolean {
  return tableDefinitions[table]?.fields.some(({ name }) => name === column) ?? false;
}

/** A table with the columns of the mapping: of what is written there they are asked back. */
export function mappedTable(table: string, mapping: readonly MappingRow[]): TableDefinition {
  const definition = tableDefinitions[table];
  if (!definition) throw new Error(`no definition of ${table}`);
  const added = new Map<string, FieldDefinition>();
  for (const { columns, type } of mapping) {
    const name = columns[table];
    if (name !== undefined && !isDefaultColumn(table, name)) added.set(name, { name, type });
  }

  return { ...definition, fields: [...definition.fields, ...added.values()] };
}

/** The mapping without new columns that `definitions` lack; a row without any column left is left out. */
export function describedRows(
  mapping: readonly MappingRow[],
  definitions: Readonly<Record<string, TableDefinition>>,
): readonly MappingRow[] {
  const isThere = (table: string, column = ''): boolean =>
    isDefaultColumn(table, column) ||
    (definitions[table]?.fields.some(({ name }) => name === column) ?? false);

  return mapping.flatMap((row) => {
    const all = Object.entries(row.columns);
    const there = all.filter(([table, column]) => isThere(table, column));
    if (there.length === all.length) return [row];

    return there.length === 0 ? [] : [{ ...row, columns: Object.fromEntries(there) }];
  });
}

const marketoTypes: Partial<Record<GoldenType, FieldType>> = {
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  timestamp: 'timestamp',
  date: 'date',
};

/**
 * Every field of a person that is read in Marketo: those of the default mapping, what the mapping adds, and those of its
 * company, of whose edits Marketo tells by its persons alone (F-41, marketo-rest 4).
 */
export function marketoFields({
  mapping,
  entityMappings = {},
}: Pick<Rules, 'mapping' | 'entityMappings'>): readonly FieldDefinition[] {
  const company = entityMappings['account'] ?? builtInType('account')?.mapping ?? [];
  const fields = new Map(personFields.map((field) => [field.name, field]));
  for (const { marketo: name, type } of [...mapping, ...company.filter(({ parents }) => !parents)])
    if (!fields.has(name)) fields.set(name, { name, type: marketoTypes[type] ?? 'string' });

  return [...fields.values()];
}
