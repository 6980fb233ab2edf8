import type { Activity, Instance, Person } from './instance.ts';
import type { Settings } from './settings.ts';
import { runLater } from './waitingTasks.ts';

/** Numbers of the activity types that are logged here (facts 3.3). */
export const activityTypeIds = {
  fillOutForm: 2,
  newLead: 12,
  changeDataValue: 13,
  changeScore: 22,
  changeOwner: 23,
  addToList: 24,
  removeFromList: 25,
  mergeLeads: 32,
  deleteLead: 37,
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

/** The history of a merged person becomes the winner's. */
export function moveActivities(instance: Instance, loserId: number, winnerId: number): void {
  instance.activities = instance.activities.map((activity) =>
    activity.leadId === loserId && activity.typeId !== activityTypeIds.deleteLead
      ? { ...activity, leadId: winnerId }
      : activity,
  );
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

/** Logs a row, or with `lateActivityEvery` some of them late (facts 3.2). */
export function appendActivity(instance: Instance, activity: Omit<Activity, 'id'>): void {
  const { lateActivityEvery, lateActivityMs, lateActivityKeepsId } = instance.settings;
  instance.activityCount += 1;
  const isLate = lateActivityEvery > 0 && instance.activityCount % lateActivityEvery === 0;
  if (isLate && !lateActivityKeepsId) {
    runLater(instance, lateActivityMs, () => Promise.resolve(addRow(instance, activity)));
    return;
  }
  addRow(instance, isLate ? { ...activity, shownAt: activity.at + lateActivityMs } : activity);
}

// Every so often the log forgets what retention hides.
function addRow(instance: Instance, activity: Omit<Activity, 'id'>): void {
  instance.lastActivityId += 1;
  instance.activities.push({ id: instance.lastActivityId, ...activity });
  if (instance.lastActivityId % pruneEvery !== 0) return;
  const now = instance.now();
  instance.activities = instance.activities.filter((row) => isRetained(row, instance.settings, now));
}
