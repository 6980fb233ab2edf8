import type { FieldDefinition } from './fieldDefinitions.ts';
import type { FieldValue } from './fieldValue.ts';
import { displayText } from './fieldValue.ts';
import type { Activity, Instance, Origin, Person } from './instance.ts';
import type { StaticList } from './lists/staticLists.ts';
import type { Settings } from './settings.ts';

/** Numbers of the activity types that are logged here (facts 3.3). */
export const activityTypeIds = {
  newLead: 12,
  changeDataValue: 13,
  changeScore: 22,
  mergeLeads: 32,
  addToList: 24,
  removeFromList: 25,
  deleteLead: 37,
  fillOutForm: 2,
  changePartition: 100,
  pushLead: 145,
} as const;

const dayMs = 86_400_000;
/** 25 months. */
const retentionDaysMax = 760;

const changeTypeIds: ReadonlySet<number> = new Set([
  activityTypeIds.changeDataValue,
  activityTypeIds.changeScore,
  activityTypeIds.addToList,
]);
const pruneEvery = 50_000;
const firstProgramId = 1001;

/** Logs that a person came to be. */
export function logNewLead(instance: Instance, person: Person, at: number, origin: Origin): void {
  appendActivity(instance, {
    leadId: person.id,
    at,
    typeId: activityTypeIds.newLead,
    primaryId: person.id,
    primaryValue: fullName(person),
    attributes: [
      { name: 'Created Date', value: new Date(at).toISOString().slice(0, 10) },
      { name: 'Source Type', value: origin.sourceType },
    ],
  });
}

/** Logs that a person was removed; the only trace that remains of it. */
export function logDeletedLead(instance: Instance, person: Person, at: number): void {
  appendActivity(instance, {
    leadId: person.id,
    at,
    typeId: activityTypeIds.deleteLead,
    primaryId: person.id,
    primaryValue: fullName(person),
    attributes: [],
  });
}

/** Logs a merge on the winner; the losers are named in an attribute (facts 3.3). */
export function logMerge(
  instance: Instance,
  merge: {
    readonly winner: Person;
    readonly loserIds: readonly number[];
    readonly at: number;
    readonly origin: Origin;
  },
): void {
  const { winner, loserIds, at, origin } = merge;
  appendActivity(instance, {
    leadId: winner.id,
    at,
    typeId: activityTypeIds.mergeLeads,
    primaryId: winner.id,
    primaryValue: fullName(winner),
    attributes: [
      { name: 'Master Updated', value: 'True' },
      { name: 'Merge IDs', value: `[${loserIds.join(',')}]` },
      { name: 'Merge Source', value: origin.source },
      { name: 'Merged in Sales', value: 'False' },
    ],
  });
}

/** The history of a merged person becomes the winner's. */
export function moveActivities(instance: Instance, loserId: number, winnerId: number): void {
  instance.activities = instance.activities.map((activity) =>
    activity.leadId === loserId && activity.typeId !== activityTypeIds.deleteLead
      ? { ...activity, leadId: winnerId }
      : activity,
  );
}

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

/** Logs one changed field; a score is logged twice, as the real service does. */
export function logChange(instance: Instance, entry: LoggedChange): void {
  const { field, before, after } = entry.change;
  if (field.logged === 'partition') {
    logPartition(instance, entry);
    return;
  }
  const newValue = displayText(field, after);
  const oldValue = displayText(field, before);
  const attributes = [
    { name: 'New Value', value: newValue },
    { name: 'Old Value', value: oldValue },
    { name: 'Reason', value: entry.origin.reason },
    { name: 'Source', value: entry.origin.source },
  ];
  const row = {
    leadId: entry.id,
    at: entry.at,
    primaryId: field.id,
    primaryValue: field.displayName,
    attributes,
  };
  if (field.logged === 'score') {
    const difference = { name: 'Change Value', value: String(Number(after) - Number(before)) };
    appendActivity(instance, {
      ...row,
      typeId: activityTypeIds.changeScore,
      attributes: [difference, ...attributes],
    });
  }
  const change = { id: field.id, name: field.name, newValue, oldValue };
  appendActivity(instance, { ...row, typeId: activityTypeIds.changeDataValue, change });
}

function logPartition(instance: Instance, { id, at, origin, change }: LoggedChange): void {
  appendActivity(instance, {
    leadId: id,
    at,
    typeId: activityTypeIds.changePartition,
    primaryId: Number(change.after),
    primaryValue: instance.partitions.find((one) => one.id === change.after)?.name ?? null,
    attributes: [
      { name: 'Old Partition ID', value: displayText(change.field, change.before) },
      { name: 'Reason', value: origin.reason },
    ],
  });
}

/** Logs that a person came to a list or left it; the list is named with its program (facts 3.3). */
export function logMembership(
  instance: Instance,
  entry: {
    readonly kind: 'addToList' | 'removeFromList';
    readonly list: StaticList;
    readonly personId: number;
    readonly at: number;
  },
): void {
  const { id, name, programName } = entry.list;
  appendActivity(instance, {
    leadId: entry.personId,
    at: entry.at,
    typeId: activityTypeIds[entry.kind],
    primaryId: id,
    primaryValue: programName === undefined ? name : `${programName}.${name}`,
    attributes: [],
  });
}

/** Logs that a person was pushed for a program. */
export function logPush(
  instance: Instance,
  push: {
    readonly personId: number;
    readonly programName: string;
    readonly reason: string | undefined;
    readonly source: string | undefined;
  },
): void {
  const { personId, programName, reason = null, source = null } = push;
  const primaryId = instance.programIds.get(programName) ?? firstProgramId + instance.programIds.size;
  instance.programIds.set(programName, primaryId);
  appendActivity(instance, {
    leadId: personId,
    at: instance.now(),
    typeId: activityTypeIds.pushLead,
    primaryId,
    primaryValue: programName,
    attributes: [
      { name: 'Reason', value: reason },
      { name: 'Source', value: source },
    ],
  });
}

/** Logs that a person filled out a form. */
export function logFormFill(
  instance: Instance,
  { personId, formId }: { readonly personId: number; readonly formId: number },
): void {
  appendActivity(instance, {
    leadId: personId,
    at: instance.now(),
    typeId: activityTypeIds.fillOutForm,
    primaryId: formId,
    primaryValue: `Form ${formId}`,
    attributes: [],
  });
}

/** Whether retention still lets readers see the row: deletes 14 days, changes and additions to lists 90 days, New Lead for ever, all else 25 months (facts 3.4). */
export function isRetained(activity: Activity, settings: Settings, now: number): boolean {
  if (activity.typeId === activityTypeIds.newLead) return true;
  return activity.at >= now - retentionDays(activity, settings) * dayMs;
}

function retentionDays({ typeId }: Activity, settings: Settings): number {
  if (typeId === activityTypeIds.deleteLead) return settings.deletedLeadRetentionDays;
  return changeTypeIds.has(typeId) ? settings.changeRetentionDays : retentionDaysMax;
}

/** First and last name as Marketo shows them, null without either. */
export function fullName(person: Person): string | null {
  const parts = [person.fields['firstName'], person.fields['lastName']].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(' ');
}

function appendActivity(instance: Instance, activity: Omit<Activity, 'id'>): void {
  instance.lastActivityId += 1;
  instance.activities.push({ id: instance.lastActivityId, ...activity });
  if (instance.lastActivityId % pruneEvery !== 0) return;
  const now = instance.now();
  instance.activities = instance.activities.filter((row) => isRetained(row, instance.settings, now));
}
