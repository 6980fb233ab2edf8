import {
  NotPacked,
  type EventPacker,
  type FieldDefinition,
  type TableDefinition,
} from '@lockstep/change-events';
import { labelAnnotation, propertyOf, tableAnnotation } from '../readColumns.ts';
import { headProperties } from './headTexts.ts';
import type { PackedColumn } from './plainCells.ts';

const labelled: ReadonlySet<string> = new Set(['option', 'options']);

export function slotsOf(definition: TableDefinition): ReadonlyMap<string, number> {
  const names = definition.fields.flatMap((field) => [
    propertyOf(field),
    ...(labelled.has(field.type) ? [labelOf(field)] : []),
    ...(field.type === 'lookup' ? [tableOf(field)] : []),
  ]);
  const distinct = new Set([...headProperties(definition), ...names]);

  return new Map([...distinct].map((name, index) => [name, index + 1]));
}

const labelOf = (field: FieldDefinition): string => `${propertyOf(field)}@${labelAnnotation}`;
const tableOf = (field: FieldDefinition): string => `${propertyOf(field)}@${tableAnnotation}`;

/** In the order of the schema, which must have the columns of the definition. */
export function columnsOf(
  { fields }: TableDefinition,
  { columns }: EventPacker,
  slots: ReadonlyMap<string, number>,
): readonly PackedColumn[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  if (columns.length !== fields.length) throw new NotPacked('a schema of other columns');

  return columns.map(({ name, plan }) => {
    const field = byName.get(name);
    if (!field) throw new NotPacked('a schema of other columns');
    const slot = (property: string) => slots.get(property) ?? 0;

    return {
      type: field.type,
      plan,
      slot: slot(propertyOf(field)),
      label: slot(labelOf(field)),
      table: slot(tableOf(field)),
    };
  });
}
