import { secondsText } from './fieldValue.ts';
import type { Activity, Instance } from './instance.ts';

/** What identifies a row for good. */
export function activityGuid({ guidPrefix }: Instance, { id }: Activity): string {
  return `${guidPrefix}-${id.toString(16).padStart(12, '0')}`;
}

function commonParts(instance: Instance, activity: Activity): object {
  return {
    ...(instance.settings.omitActivityIds ? {} : { id: activity.id }),
    marketoGUID: activityGuid(instance, activity),
    leadId: activity.leadId,
    activityDate: secondsText(activity.at),
    activityTypeId: activity.typeId,
  };
}

/** A row of leadchanges.json: the changes apart from the attributes. */
export function leadChangeRow(instance: Instance, activity: Activity): object {
  const fields = activity.change === undefined ? [] : [activity.change];
  const attributes = activity.attributes.filter(({ name }) => name !== 'New Value' && name !== 'Old Value');
  return { ...commonParts(instance, activity), fields, attributes };
}

/** A row of activities.json and deletedleads.json. */
export function activityRow(instance: Instance, activity: Activity): object {
  return {
    ...commonParts(instance, activity),
    primaryAttributeValueId: activity.primaryId,
    primaryAttributeValue: activity.primaryValue,
    attributes: activity.attributes,
  };
}
