import { isSyncError, SyncError, type AdHocQuery } from '@lockstep/change-events';
import { marketoBatchMax, type MarketoPeople, type OutgoingMessage } from '@lockstep/ports';
import type { RefusedReason } from '../extract/obeyControl.ts';
import { stateOf, withState } from '../extract/tableState.ts';
import { notice } from '../notices.ts';
import { readingTarget } from './answerReading.ts';
import { assertHeld, commitState, type FeedSession, type NoticeOptions } from './feedSession.ts';
import { readQueryText, type PersonQuery, type ValuesQuery } from './personQuery.ts';
import { readPersons } from './readGone.ts';
import { personsNamed } from './refusedRows.ts';

/**
 * Announces the next page of what an operator asked for, between two reads of the feeds; where the next one begins is kept
 * with it. True while there is more to do at once.
 */
export async function readQuery(options: NoticeOptions, session: FeedSession): Promise<boolean> {
  const { query } = stateOf(session.state.checkpoint);
  if (query === null) return false;
  const inBackfill = { ...options, people: options.backfillPeople ?? options.people };
  try {
    return await announcePage(inBackfill, session, query);
  } catch (error) {
    // Backfill has to leave some of the day's calls to the feeds, which go on.
    if (isSyncError(error, 'MARKETO_QUOTA_SPENT')) return false;
    if (isSyncError(error, 'MARKETO_POSITION_LOST')) return beginAgain(options, session, query);
    const reason = refusedBy(error);
    if (reason === null) throw error;
    const facts = { controlId: query.controlId, reason };
    const atMs = options.clock.now();
    const told = notice('CONTROL_REFUSED', readingTarget, { counts: {}, atMs, facts });
    await keep(options, session, null, [told]);
    return false;
  }
}

/** Not at once, for what is refused once may be refused again. */
async function beginAgain(options: NoticeOptions, session: FeedSession, query: AdHocQuery): Promise<false> {
  await keep(options, session, { ...query, position: null, rowsDone: 0 }, []);

  return false;
}

/** What Marketo says of a query that it cannot answer. */
function refusedBy(error: unknown): RefusedReason | null {
  if (isSyncError(error, 'MARKETO_FIELD_UNKNOWN') || isOfContent(error)) return 'QUERY_INVALID';

  return isSyncError(error, 'MARKETO_AMBIGUOUS') ? 'TOO_MANY_MATCHES' : null;
}

/** Codes from 600 to 699 are about the way of a call, all others about what it asks for (marketo-rest 6). */
const isOfContent = (error: unknown): boolean =>
  isSyncError(error, 'MARKETO_ANSWER_INVALID') && /^[^6]/.test(String(error.details['marketoCode'] ?? '6'));

/** `position` is where the next page begins; null after the last. */
type Page = {
  readonly by: string;
  readonly values: readonly string[];
  readonly position: string | null;
};

async function announcePage(
  options: NoticeOptions,
  session: FeedSession,
  query: AdHocQuery,
): Promise<boolean> {
  assertHeld(options.lease);
  const { by, values, position } = await findPage(options, readQueryText(query.filter), query.position);
  const { drained } = session.state;
  const persons = await readPersons(options, session, { ids: values, by, rows: [], drained });
  const rows = query.rowsDone + persons.length;
  const next = position === null ? null : { ...query, position, rowsDone: rows };
  const completed = notice('BACKFILL_COMPLETED', readingTarget, {
    counts: { rows, published: rows, deletes: 0 },
    atMs: options.clock.now(),
    facts: { controlId: query.controlId },
  });
  await keep(options, session, next, [...persons, ...(next === null ? [completed] : [])]);

  return next !== null;
}

async function findPage(
  { people }: NoticeOptions,
  query: PersonQuery,
  position: string | null,
): Promise<Page> {
  if ('values' in query) return valuesFrom(query, Number(position ?? 0));
  if ('listId' in query) return membersFrom(people, query.listId, position);
  const page = await people.readFeed(position ?? (await people.openFeed(query.fromMs)));
  const isPast = ({ activityDate }: { readonly activityDate: string }) =>
    Date.parse(activityDate) > query.toMs;
  const changed = page.rows.filter((row) => !isPast(row)).map(({ personId }) => personId);
  const ids = [...changed, ...personsNamed(page.refused)];
  const isLast = !page.hasMore || page.rows.some(isPast);

  return { by: 'id', values: [...new Set(ids)], position: isLast ? null : page.position };
}

function valuesFrom({ field, values }: ValuesQuery, at: number): Page {
  const end = at + marketoBatchMax;

  return {
    by: field,
    values: values.slice(at, end),
    position: end < values.length ? String(end) : null,
  };
}

/** A list that is not there is asked for as in vain as a field. */
async function membersFrom(people: MarketoPeople, listId: string, position: string | null): Promise<Page> {
  const page = await people.readMembers(listId, position);
  if (page === null) throw new SyncError('MARKETO_FIELD_UNKNOWN', { field: 'list' });

  return { by: 'id', values: page.personIds, position: page.position };
}

function keep(
  options: NoticeOptions,
  session: FeedSession,
  query: AdHocQuery | null,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  return commitState(options, session, withState(session.state.checkpoint, { query }), messages);
}
