import type { Sequence } from '@lockstep/change-events';
import { marketoBatchMax, type FeedRow, type MarketoPerson, type OutgoingMessage } from '@lockstep/ports';
import { deletedMessages, mergedMessages, personMessages } from '../marketoEvents.ts';
import type { FeedPlaces } from './feedPlaces.ts';
import { assertHeld, contextOf, type FeedSession, type NoticeOptions } from './feedSession.ts';

type Named = { readonly ids: readonly string[]; readonly rows: readonly FeedRow[] };

/** The state of people, as messages with the rows that led to it. */
export async function readPersons(
  options: NoticeOptions,
  session: FeedSession,
  { ids, rows, drained }: Named & { readonly drained: Sequence },
): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  for (let from = 0; from < ids.length; from += marketoBatchMax) {
    assertHeld(options.lease);
    const read = session.numbers.next();
    const persons: readonly MarketoPerson[] = await options.people.findPersons(
      'id',
      ids.slice(from, from + marketoBatchMax),
    );
    messages.push(...personMessages(persons, rows, { ...contextOf(options, session, drained), read }));
  }
  const headers = options.headers?.() ?? {};
  return messages.map((message) => ({ ...message, headers }));
}

type Gone = {
  readonly messages: readonly OutgoingMessage[];
  readonly positions: Pick<FeedPlaces, 'deleted' | 'merged'>;
  readonly readAtMs: number;
};

/** Who left: deleted, or part of another, whose new state is read too. */
export async function readGone(
  options: NoticeOptions,
  session: FeedSession,
  drained: Sequence,
): Promise<Gone> {
  const { state, numbers } = session;
  const { deleted, merged } = state.places;
  const nowMs = options.clock.now();
  const readAtMs = state.goneReadAtMs;
  if (nowMs - readAtMs < options.deletedIntervalMs)
    return { messages: [], positions: { deleted, merged }, readAtMs };
  assertHeld(options.lease);
  const context = contextOf(options, session, drained);
  const deletes = { read: numbers.next(), page: await options.people.readDeleted(deleted) };
  assertHeld(options.lease);
  const merges = { read: numbers.next(), page: await options.people.readMerges(merged) };
  state.scan?.people.explain([
    ...deletes.page.personIds,
    ...merges.page.merges.flatMap(({ loserIds }) => loserIds),
  ]);
  const winnerIds = new Set(merges.page.merges.map(({ winnerId }) => winnerId));
  const messages = [
    ...deletedMessages(deletes.page.personIds, { ...context, read: deletes.read }),
    ...mergedMessages(merges.page.merges, { ...context, read: merges.read }),
    ...(await readPersons(options, session, { ids: [...winnerIds], rows: [], drained })),
  ];
  return {
    messages,
    positions: { deleted: deletes.page.position, merged: merges.page.position },
    readAtMs: deletes.page.hasMore || merges.page.hasMore ? readAtMs : nowMs,
  };
}
