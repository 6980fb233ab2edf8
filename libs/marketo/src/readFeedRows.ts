import { isSyncError } from '@lockstep/change-events';
import type { FeedRow, Merge, RefusedRow } from '@lockstep/ports';
import { invalid, objectsOf, timeOf, type JsonObject } from './readValues.ts';

/** Activity types of the lead feeds (marketo-rest 3.3). */
export const newLead = 12;
export const changeDataValue = 13;
export const mergeLeads = 32;
export const deleteLead = 37;
export const changePartition = 100;

/** What a page says; a row that is malformed is told apart, and harms no other. */
export type ReadRows<Row> = { readonly rows: readonly Row[]; readonly refused: readonly RefusedRow[] };

/** One row per changed field we know; New Lead rows have none. The feed's own filter is loose (marketo-rest 3.2). */
export function readFeedRows(result: unknown, fieldNames: ReadonlySet<string>): ReadRows<FeedRow> {
  return readEach(result, (activity) => {
    const type = Number(activity['activityTypeId']);
    if (type === newLead) return [feedRow(activity)];
    if (type !== changeDataValue) return [];
    const changes = objectsOf(activity['fields'], 'fields').filter(({ name }) =>
      fieldNames.has(String(name)),
    );

    return changes.map(({ name, oldValue, newValue }) =>
      feedRow(activity, { field: String(name), oldValue, newValue }),
    );
  });
}

/** Ids of the persons that a page of the deletes feed names. */
export function readDeletedIds(result: unknown): ReadRows<string> {
  return readEach(result, (activity) =>
    Number(activity['activityTypeId']) === deleteLead ? [personIdOf(activity)] : [],
  );
}

/** The losers stand in an attribute as `[1,2]`; there is no row of their own (marketo-rest 3.3). */
export function readMerges(result: unknown): ReadRows<Merge> {
  return readEach(result, (activity) => {
    if (Number(activity['activityTypeId']) !== mergeLeads) return [];
    const loserIds = String(attributeOf(activity, ['Merge IDs']) ?? '').match(/\d+/g);
    if (loserIds === null) throw invalid('Merge IDs');

    return [{ winnerId: personIdOf(activity), loserIds: [...loserIds], mergedAt: dateOf(activity) }];
  });
}

/** The new partition is what the activity is about, the old one an attribute. */
export function readPartitionRows(result: unknown): ReadRows<FeedRow> {
  return readEach(result, (activity) => {
    if (Number(activity['activityTypeId']) !== changePartition) return [];
    const newValue = activity['primaryAttributeValueId'];
    const oldValue = attributeOf(activity, ['Old Partition ID']);

    return [feedRow(activity, { field: 'leadPartitionId', oldValue, newValue })];
  });
}

/** Throws MARKETO_ANSWER_INVALID where there is no list of activities at all. */
function readEach<Row>(result: unknown, read: (activity: JsonObject) => readonly Row[]): ReadRows<Row> {
  const refused: RefusedRow[] = [];
  const rows = objectsOf(result).flatMap((activity) => {
    try {
      return read(activity);
    } catch (error) {
      if (!isSyncError(error, 'MARKETO_ANSWER_INVALID')) throw error;
      refused.push(refusedRow(activity, String(error.details['part'])));
      return [];
    }
  });

  return { rows, refused };
}

function refusedRow(activity: JsonObject, field: string): RefusedRow {
  const { leadId } = activity;

  return {
    id: isPersonId(leadId) ? String(leadId) : null,
    field,
    code: 'MARKETO_ROW_INVALID',
    bytes: Buffer.from(JSON.stringify(activity)),
  };
}

type Change = { readonly field: string; readonly oldValue: unknown; readonly newValue: unknown };

function feedRow(activity: JsonObject, change?: Change): FeedRow {
  // The integer id is optional since the activity service moved; the GUID is what identifies a row (marketo-rest 3.2).
  const activityId = Number(activity['id'] ?? 0);

  return {
    personId: personIdOf(activity),
    activityId,
    marketoGUID: String(activity['marketoGUID'] ?? activityId),
    activityType: Number(activity['activityTypeId']),
    activityDate: dateOf(activity),
    field: change?.field ?? null,
    oldValue: displayText('oldValue', change?.oldValue),
    newValue: displayText('newValue', change?.newValue),
    // Changes carry `Source`, New Lead rows `Source Type`.
    source: displayText('Source', attributeOf(activity, ['Source', 'Source Type'])),
  };
}

function dateOf(activity: JsonObject): string {
  const activityDate = timeOf(activity['activityDate']);
  if (activityDate === null) throw invalid('activityDate');

  return activityDate;
}

const isPersonId = (leadId: unknown): boolean => /^[1-9]\d*$/.test(String(leadId));

function personIdOf({ leadId }: JsonObject): string {
  if (!isPersonId(leadId)) throw invalid('leadId');

  return String(leadId);
}

function displayText(part: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') throw invalid(part);

  return String(value);
}

/** The value of the first attribute that has one of the names. */
function attributeOf({ attributes }: JsonObject, names: readonly string[]): unknown {
  return objectsOf(attributes, 'attributes').find(({ name }) => names.includes(String(name)))?.['value'];
}
