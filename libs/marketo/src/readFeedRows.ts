import type { FeedRow, Merge } from '@lockstep/ports';
import { invalid, objectsOf, timeOf, type JsonObject } from './readValues.ts';

/** Activity types of the lead feeds (marketo-rest 3.3). */
export const newLead = 12;
export const changeDataValue = 13;
export const mergeLeads = 32;
export const deleteLead = 37;
export const changePartition = 100;

/** One row per changed field we know; New Lead rows have none. The feed's own filter is loose (marketo-rest 3.2). */
export function readFeedRows(result: unknown, fieldNames: ReadonlySet<string>): readonly FeedRow[] {
  return objectsOf(result).flatMap((activity) => {
    const type = Number(activity['activityTypeId']);
    if (type === newLead) return [feedRow(activity)];
    if (type !== changeDataValue) return [];
    const changes = objectsOf(activity['fields']).filter(({ name }) => fieldNames.has(String(name)));

    return changes.map(({ name, oldValue, newValue }) =>
      feedRow(activity, { field: String(name), oldValue, newValue }),
    );
  });
}

/** Ids of the persons that a page of the deletes feed names. */
export function readDeletedIds(result: unknown): readonly string[] {
  return objectsOf(result).flatMap((activity) =>
    Number(activity['activityTypeId']) === deleteLead ? [personIdOf(activity)] : [],
  );
}

/** The losers stand in an attribute as `[1,2]`; there is no row of their own (marketo-rest 3.3). */
export function readMerges(result: unknown): readonly Merge[] {
  return objectsOf(result).flatMap((activity) => {
    if (Number(activity['activityTypeId']) !== mergeLeads) return [];
    const loserIds = String(attributeOf(activity, ['Merge IDs']) ?? '').match(/\d+/g);
    if (loserIds === null) throw invalid('Merge IDs');

    return [{ winnerId: personIdOf(activity), loserIds: [...loserIds] }];
  });
}

/** The new partition is what the activity is about, the old one an attribute. */
export function readPartitionRows(result: unknown): readonly FeedRow[] {
  return objectsOf(result).flatMap((activity) => {
    if (Number(activity['activityTypeId']) !== changePartition) return [];
    const newValue = activity['primaryAttributeValueId'];
    const oldValue = attributeOf(activity, ['Old Partition ID']);

    return [feedRow(activity, { field: 'leadPartitionId', oldValue, newValue })];
  });
}

type Change = { readonly field: string; readonly oldValue: unknown; readonly newValue: unknown };

function feedRow(activity: JsonObject, change?: Change): FeedRow {
  const activityDate = timeOf(activity['activityDate']);
  if (activityDate === null) throw invalid('activityDate');
  // The integer id is optional since the activity service moved; the GUID is what identifies a row (marketo-rest 3.2).
  const activityId = Number(activity['id'] ?? 0);

  return {
    personId: personIdOf(activity),
    activityId,
    marketoGUID: String(activity['marketoGUID'] ?? activityId),
    activityType: Number(activity['activityTypeId']),
    activityDate,
    field: change?.field ?? null,
    oldValue: displayText(change?.oldValue),
    newValue: displayText(change?.newValue),
    // Changes carry `Source`, New Lead rows `Source Type`.
    source: displayText(attributeOf(activity, ['Source', 'Source Type'])),
  };
}

function personIdOf({ leadId }: JsonObject): string {
  if (typeof leadId !== 'number' && typeof leadId !== 'string') throw invalid('leadId');

  return String(leadId);
}

function displayText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The value of the first attribute that has one of the names. */
function attributeOf({ attributes }: JsonObject, names: readonly string[]): unknown {
  return objectsOf(attributes).find(({ name }) => names.includes(String(name)))?.['value'];
}
