import type { Checkpoint } from '@lockstep/change-events';
import type { FeedPage, FeedRow } from '@lockstep/ports';

/** The field by which a batch campaign asks for something, and where its rows go. */
export type FeedRequests = {
  readonly field: string;
  readonly accept: (rows: readonly FeedRow[]) => Promise<void>;
};

/**
 * Hands over the rows that set the request field, before the place behind them is stored, and gives back the page without
 * them. What was set before the first start was not meant for this service, which was not there yet.
 */
export async function takeRequests(
  requests: FeedRequests | undefined,
  { startedAt }: Pick<Checkpoint, 'startedAt'>,
  page: FeedPage,
): Promise<FeedPage> {
  if (!requests) return page;
  const sinceMs = Date.parse(startedAt);
  const asked = page.rows.filter(({ field }) => field === requests.field);
  if (asked.length === 0) return page;
  await requests.accept(asked.filter(({ activityDate }) => Date.parse(activityDate) >= sinceMs));

  return { ...page, rows: page.rows.filter((row) => !asked.includes(row)) };
}
