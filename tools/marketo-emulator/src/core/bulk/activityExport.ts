import { activityTypeIds, isRetained } from '../activityLog.ts';
import { activityGuid } from '../activityRows.ts';
import { apiError } from '../apiError.ts';
import { secondsText } from '../fieldValue.ts';
import type { Activity, Instance } from '../instance.ts';
import { partOf } from '../partOf.ts';
import { isShown } from '../scanActivities.ts';
import type { ExportRows } from './exportJob.ts';
import { fieldsIn, headersIn, isWithin, rangeOf } from './exportRequest.ts';

const columns: Readonly<Record<string, (instance: Instance, activity: Activity) => unknown>> = {
  marketoGUID: activityGuid,
  leadId: (_instance, { leadId }) => leadId,
  activityDate: (_instance, { at }) => secondsText(at),
  activityTypeId: (_instance, { typeId }) => typeId,
  campaignId: () => null,
  primaryAttributeValueId: (_instance, { primaryId }) => primaryId,
  primaryAttributeValue: (_instance, { primaryValue }) => primaryValue,
  attributes: (_instance, { attributes }) =>
    JSON.stringify(Object.fromEntries(attributes.map(({ name, value }) => [name, value]))),
};

/** What an activity export job writes; deletes are not in it (facts 3.6). Throws 1003 without the filter `createdAt`. */
export function activityRows(instance: Instance, body: unknown): ExportRows {
  const asked = fieldsIn(body, (name) => name in columns);
  const fields = asked.length === 0 ? Object.keys(columns) : asked;
  const isWanted = filterOf(partOf(body, 'filter'));
  return () => [
    headersIn(body, fields),
    ...instance.activities
      .filter((activity) => isReadable(instance, activity) && isWanted(activity))
      .map((activity) => fields.map((name) => columns[name]?.(instance, activity))),
  ];
}

function filterOf(filter: unknown): (activity: Activity) => boolean {
  const range = rangeOf(partOf(filter, 'createdAt'));
  const typeIds = numbersIn(filter, 'activityTypeIds');
  if (typeIds.includes(activityTypeIds.deleteLead))
    throw apiError('1003', 'Activity type 37 is not supported');
  const primaryIds = numbersIn(filter, 'primaryAttributeValueIds');
  return ({ at, typeId, primaryId }) =>
    isWithin(range, at) &&
    typeId !== activityTypeIds.deleteLead &&
    (typeIds.length === 0 || typeIds.includes(typeId)) &&
    (primaryIds.length === 0 || primaryIds.includes(primaryId));
}

function isReadable(instance: Instance, activity: Activity): boolean {
  const now = instance.now();
  return isShown(activity, now) && isRetained(activity, instance.settings, now);
}

function numbersIn(filter: unknown, name: string): number[] {
  const list = partOf(filter, name);
  return Array.isArray(list) ? list.map(Number) : [];
}
