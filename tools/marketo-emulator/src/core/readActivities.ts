import { activityTypeIds } from './activityLog.ts';
import { activityRow, leadChangeRow } from './activityRows.ts';
import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { Activity, Instance } from './instance.ts';
import { listOfId } from './lists/staticLists.ts';
import { decodePosition, encodePosition } from './pagingToken.ts';
import { listOf, pageSizeOf, refuseUnknown, required } from './parameters.ts';
import { isOpenTo } from './partitions.ts';
import { scanLog, withRepeats } from './scanActivities.ts';
import { timeOf } from './timeOf.ts';

/** A page of activity rows; the token is always there, `result` may be missing when there are no rows. */
export interface ActivityPage {
  readonly nextPageToken: string;
  readonly moreResult: boolean;
  readonly result?: readonly object[];
}

const activityTypesMax = 10;
const leadIdsMax = 30;

/** Token that starts at a datetime, or at a bare date. Throws 1003 when it cannot be read. */
export function startToken(parameters: URLSearchParams): string {
  // A raw "+" in a query string arrives as a blank.
  const since = timeOf(required(parameters, 'sinceDatetime').replace(' ', '+'));
  if (Number.isNaN(since)) throw apiError('1003', "Invalid value for parameter 'sinceDatetime'");
  return encodePosition({ since: Math.floor(since / 1000) * 1000, afterId: 0 });
}

/** Get Lead Changes: New Lead rows always, change rows of the named fields. */
export function readLeadChanges(
  instance: Instance,
  parameters: URLSearchParams,
  user: ApiUser,
): ActivityPage {
  required(parameters, 'fields');
  const fields = new Set(listOf(parameters, 'fields'));
  refuseUnknown(instance.settings, [...fields], (name) => instance.fields.has(name));
  const isLeadWanted = leadFilter(instance, parameters, user);
  const isWanted = (activity: Activity): boolean => {
    if (!isLeadWanted(activity)) return false;
    if (activity.typeId === activityTypeIds.newLead) return true;
    return activity.change !== undefined && passesFieldFilter(instance, fields, activity);
  };
  return readPage(instance, parameters, isWanted, leadChangeRow);
}

/** Get Lead Activities of at most ten types. */
export function readActivities(instance: Instance, parameters: URLSearchParams, user: ApiUser): ActivityPage {
  required(parameters, 'activityTypeIds');
  const typeIds = new Set(listOf(parameters, 'activityTypeIds').map(Number));
  if (typeIds.size > activityTypesMax) throw apiError('1003', 'At most 10 activity types are allowed');
  const isLeadWanted = leadFilter(instance, parameters, user);
  const isWanted = (activity: Activity): boolean => typeIds.has(activity.typeId) && isLeadWanted(activity);
  return readPage(instance, parameters, isWanted, activityRow);
}

/** Get Deleted Leads. */
export function readDeletedLeads(instance: Instance, parameters: URLSearchParams): ActivityPage {
  return readPage(
    instance,
    parameters,
    (activity) => activity.typeId === activityTypeIds.deleteLead,
    activityRow,
  );
}

type RowMaker = (instance: Instance, activity: Activity) => object;

function readPage(
  instance: Instance,
  parameters: URLSearchParams,
  isWanted: (activity: Activity) => boolean,
  toRow: RowMaker,
): ActivityPage {
  const position = decodePosition(required(parameters, 'nextPageToken'));
  const pageSize = pageSizeOf(parameters);
  const scan = scanLog(instance, position, isWanted, pageSize);
  const rows = withRepeats(instance, scan.matches, pageSize).map((activity) => toRow(instance, activity));
  const isOmitted = rows.length === 0 && instance.settings.omitEmptyResult;
  return {
    nextPageToken: encodePosition({ since: position.since, afterId: scan.lastId }),
    moreResult: scan.hasMore,
    ...(isOmitted ? {} : { result: rows }),
  };
}

// Whose person is gone is for everybody (inferred).
function leadFilter(
  instance: Instance,
  parameters: URLSearchParams,
  user: ApiUser,
): (activity: Activity) => boolean {
  const leadIds = new Set(listOf(parameters, 'leadIds').map(Number));
  const members = membersIn(instance, parameters);
  if (leadIds.size > leadIdsMax) throw apiError('1003', 'At most 30 lead ids are allowed');
  return ({ leadId }) => {
    if (leadIds.size > 0 && !leadIds.has(leadId)) return false;
    if (members?.has(leadId) === false) return false;
    const person = user.partitions === 'all' ? undefined : instance.persons.get(leadId);
    return person === undefined || isOpenTo(user, person);
  };
}

// Long lists are refused (facts 3.1).
function membersIn(instance: Instance, parameters: URLSearchParams): ReadonlyMap<number, number> | undefined {
  const id = parameters.get('listId');
  if (id === null || id === '') return undefined;
  const { members } = listOfId(instance, Number(id));
  if (members.size >= instance.settings.feedListMembersMax)
    throw apiError('1003', `List '${id}' is too long`);
  return members;
}

function passesFieldFilter(instance: Instance, fields: ReadonlySet<string>, activity: Activity): boolean {
  if (activity.change !== undefined && fields.has(activity.change.name)) return true;
  return instance.settings.looseFieldFilter && activity.id % 3 === 0;
}
