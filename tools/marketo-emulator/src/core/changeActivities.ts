import { activityTypeIds, appendActivity } from './activityLog.ts';
import type { FieldDefinition } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import { displayText } from './fieldValue.ts';
import type { Activity, Instance } from './instance.ts';
import { findObjects } from './objects/objectIndex.ts';
import type { Origin } from './origin.ts';

/** One changed field of a person. */
export interface FieldChange {
  readonly field: FieldDefinition;
  readonly before: FieldValue;
  readonly after: FieldValue;
}

interface LoggedChange {
  readonly id: number;
  readonly at: number;
  readonly origin: Origin;
  readonly change: FieldChange;
}

type Attributes = Activity['attributes'];

/** Logs one changed field; scores and owners are logged twice, as the real service does with scores (facts 3.3). */
export function logChange(instance: Instance, entry: LoggedChange): void {
  const { logged } = entry.change.field;
  if (logged === 'partition') {
    logPartition(instance, entry);
    return;
  }
  if (logged === 'score') logScore(instance, entry);
  if (logged === 'owner') logOwner(instance, entry);
  logValue(instance, entry);
}

function logValue(instance: Instance, entry: LoggedChange): void {
  const { field, before, after } = entry.change;
  const [newValue, oldValue] = [displayText(field, after), displayText(field, before)];
  appendActivity(instance, {
    ...rowOf(entry),
    typeId: activityTypeIds.changeDataValue,
    attributes: changeAttributes(entry),
    change: { id: field.id, name: field.name, newValue, oldValue },
  });
}

function logScore(instance: Instance, entry: LoggedChange): void {
  const { before, after } = entry.change;
  const difference = { name: 'Change Value', value: String(Number(after) - Number(before)) };
  const attributes = [difference, ...changeAttributes(entry)];
  appendActivity(instance, { ...rowOf(entry), typeId: activityTypeIds.changeScore, attributes });
}

// No source tells how Change Owner names the owners; the row of Change Data Value beside it is inferred too.
function logOwner(instance: Instance, entry: LoggedChange): void {
  const { after } = entry.change;
  const table = instance.objects.tables.get('salesPerson');
  const owner = table === undefined ? undefined : findObjects(table, ['externalSalesPersonId'], [after])[0];
  appendActivity(instance, {
    ...rowOf(entry),
    typeId: activityTypeIds.changeOwner,
    primaryId: Number(owner?.fields['id'] ?? 0),
    primaryValue: after === null ? null : String(after),
    attributes: changeAttributes(entry),
  });
}

function logPartition(instance: Instance, entry: LoggedChange): void {
  const { field, before, after } = entry.change;
  appendActivity(instance, {
    ...rowOf(entry),
    typeId: activityTypeIds.changePartition,
    primaryId: Number(after),
    primaryValue: instance.partitions.find((one) => one.id === after)?.name ?? null,
    attributes: [
      { name: 'Old Partition ID', value: displayText(field, before) },
      { name: 'Reason', value: entry.origin.reason },
    ],
  });
}

function rowOf({ id, at, change }: LoggedChange) {
  return { leadId: id, at, primaryId: change.field.id, primaryValue: change.field.displayName };
}

function changeAttributes({ change, origin }: LoggedChange): Attributes {
  const { field, before, after } = change;
  return [
    { name: 'New Value', value: displayText(field, after) },
    { name: 'Old Value', value: displayText(field, before) },
    { name: 'Reason', value: origin.reason },
    { name: 'Source', value: origin.source },
  ];
}
