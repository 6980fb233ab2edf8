import type { ControlActor } from '../controlEdits.ts';
import { humanOrigin } from '../controlEdits.ts';
import { ControlError } from '../controlError.ts';
import type { NewField } from '../fieldDefinitions.ts';
import { addCustomField, defaultLength } from '../fieldDefinitions.ts';
import type { FieldValue } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import { checkObject } from './checkObject.ts';
import type { ObjectTable } from './objectTable.ts';
import { viewObject } from './objectTable.ts';
import type { ObjectField } from './objectType.ts';
import type { ObjectResult } from './syncObjects.ts';
import { deleteObjects, syncObjects } from './syncObjects.ts';

/** The table of a type by its name; throws 404. */
export function objectTable(instance: Instance, name: string): ObjectTable {
  const table = instance.objects.tables.get(name);
  if (table === undefined) throw new ControlError(404, [`no object type ${name}`]);
  return table;
}

/** Creates or updates records as a person would, whatever the native CRM mode says; nothing is written when a record is malformed. Throws 400 with the faults by position. */
export function seedObjects(
  instance: Instance,
  table: ObjectTable,
  records: readonly unknown[],
  by: ControlActor,
): unknown[] {
  const origin = humanOrigin(by, 'List import');
  refuseUnfit(instance, table, records);
  const results: ObjectResult[] = [];
  for (let start = 0; start < records.length; start += seedPage) {
    const input = records.slice(start, start + seedPage);
    results.push(...syncObjects(instance, table, { input }, origin));
  }
  refuseSkipped(results);
  return results.map((result) => result[table.type.idField]);
}

/** Deletes a record by its dedupe fields as a person would; throws 400 when it is unknown or in use. */
export function removeObject(instance: Instance, table: ObjectTable, key: unknown, by: ControlActor): void {
  refuseSkipped(deleteObjects(instance, table, { input: [key] }, humanOrigin(by, 'Manual')));
}

/** Every record with all its fields. */
export function listObjects({ type, records }: ObjectTable): Record<string, FieldValue>[] {
  return [...records.values()].map(({ fields }) => viewObject(type, fields));
}

/** Adds custom fields to a type; strings and integers of opportunities become searchable, those of companies show on persons. */
export function addObjectFields(
  instance: Instance,
  table: ObjectTable,
  added: readonly NewField[],
): ObjectField[] {
  const { type } = table;
  const fresh = added.filter(({ name }) => !type.fields.has(name));
  const fields = fresh.map((field, index) => customField(field, firstCustomId + type.fields.size + index));
  const searchable = fields.filter(({ dataType }) => ['string', 'integer'].includes(dataType));
  const filters = type.name === 'opportunity' ? searchable.map(({ name }) => name) : [];
  table.type = {
    ...type,
    fields: new Map([...type.fields, ...fields.map((field) => [field.name, field] as const)]),
    filters: [...type.filters, ...filters],
  };
  if (type.name === 'company') for (const field of fresh) addToPersons(instance, field);
  return fields;
}

const seedPage = 300;
const faultsMax = 20;
const firstCustomId = 3000;

function refuseUnfit({ settings }: Instance, { type }: ObjectTable, records: readonly unknown[]): void {
  const faults = records.flatMap((record, index) => {
    const checked = checkObject(settings, type, record, type.dedupeFields);
    return 'reason' in checked ? [`records[${index}]: ${JSON.stringify(checked.reason)}`] : [];
  });
  if (faults.length > 0) throw new ControlError(400, faults.slice(0, faultsMax));
}

function refuseSkipped(results: readonly ObjectResult[]): void {
  const faults = results.flatMap(({ reasons }, index) =>
    reasons === undefined ? [] : [`records[${index}]: ${JSON.stringify(reasons)}`],
  );
  if (faults.length > 0) throw new ControlError(400, faults.slice(0, faultsMax));
}

function customField(field: NewField, id: number): ObjectField {
  const length = field.length ?? defaultLength(field.dataType);
  return {
    id,
    name: field.name,
    displayName: field.displayName ?? field.name,
    dataType: field.dataType,
    custom: true,
    ...(length === undefined ? {} : { length }),
  };
}

function addToPersons({ fields }: Instance, field: NewField): void {
  if (!fields.has(field.name)) addCustomField(fields, field);
}
