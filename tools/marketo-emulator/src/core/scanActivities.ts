import { isRetained } from './activityLog.ts';
import type { Activity, Instance } from './instance.ts';
import type { ActivityPosition } from './pagingToken.ts';

/** What a walk found, how far it came, and whether the log goes on. */
export interface Scan {
  readonly matches: readonly Activity[];
  readonly lastId: number;
  readonly hasMore: boolean;
}

/** Walks the log in id order until the page is full, the block is done, or the log ends. */
export function scanLog(
  instance: Instance,
  position: ActivityPosition,
  isWanted: (activity: Activity) => boolean,
  pageSize: number,
): Scan {
  const { activities, settings } = instance;
  const now = instance.now();
  const isMatch = (activity: Activity): boolean =>
    isShown(activity, now) &&
    activity.at >= position.since &&
    isRetained(activity, settings, now) &&
    isWanted(activity);
  const start = firstIndexAfter(activities, position.afterId);
  const matches: Activity[] = [];
  let lastId = position.afterId;
  for (const activity of between(activities, start, blockEnd(instance, start))) {
    lastId = activity.id;
    if (isMatch(activity)) matches.push(activity);
    if (matches.length === pageSize) break;
  }
  return { matches, lastId, hasMore: lastId < (activities.at(-1)?.id ?? 0) };
}

function blockEnd({ settings, activities }: Instance, start: number): number {
  return settings.shortPages ? start + Math.max(1, settings.scanBlockSize) : activities.length;
}

// A slice would copy the whole rest of a long log for every page.
function* between(activities: readonly Activity[], start: number, end: number): Generator<Activity> {
  for (let index = start; index < Math.min(end, activities.length); index += 1) {
    const activity = activities[index];
    if (activity !== undefined) yield activity;
  }
}

function firstIndexAfter(activities: readonly Activity[], id: number): number {
  let low = 0;
  let high = activities.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((activities[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Matches as a feed gives them: with `repeatRows` every third comes twice, as far as the page has room. */
export function withRepeats(
  { settings }: Instance,
  matches: readonly Activity[],
  pageSize: number,
): readonly Activity[] {
  if (!settings.repeatRows) return matches;
  const repeated = matches.filter(({ id }) => id % 3 === 0).slice(0, pageSize - matches.length);
  return matches.flatMap((activity) => (repeated.includes(activity) ? [activity, activity] : [activity]));
}

/** Whether a late row can be read by now. */
export function isShown({ shownAt = 0 }: Activity, now: number): boolean {
  return shownAt <= now;
}
