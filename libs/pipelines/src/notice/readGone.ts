import type { Sequence } from '@lockstep/change-events';
import {
  marketoBatchMax,
  type DeletedPage,
  type FeedRow,
  type MarketoPerson,
  type Merge,
  type MergePage,
  type OutgoingMessage,
  type RefusedRow,
} from '@lockstep/ports';
import { deletedMessages, mergedMessages, personMessages } from './marketoEvents.ts';
import type { FeedPlaces } from './feedPlaces.ts';
import type { RecentRows } from './recentRows.ts';
import { newlyRefused, personsNamed, refusedKey, refusedLetters } from './refusedRows.ts';
import { assertHeld, contextOf, type FeedSession, type NoticeOptions } from './feedSession.ts';

type Named = { readonly ids: readonly string[]; readonly rows: readonly FeedRow[] };

/** The state of people, known by their ids or by another field, as messages with the rows that led to it. */
export async function readPersons(
  options: NoticeOptions,
  session: FeedSession,
  { ids, by = 'id', rows, drained }: Named & { readonly by?: string; readonly drained: Sequence },
): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  for (let from = 0; from < ids.length; from += marketoBatchMax) {
    assertHeld(options.lease);
    const read = session.numbers.next();
    const persons: readonly MarketoPerson[] = await options.people.findPersons(
      by,
      ids.slice(from, from + marketoBatchMax),
    );
    session.state.scan?.people.told(persons.map(({ id }) => id));
    messages.push(...personMessages(persons, rows, { ...contextOf(options, session, drained), read }));
  }
  const headers = options.headers?.() ?? {};
  return messages.map((message) => ({ ...message, headers }));
}

type Gone = {
  readonly messages: readonly OutgoingMessage[];
  /** By which the rows are known once they are announced. */
  readonly keys: readonly string[];
  readonly positions: Pick<FeedPlaces, 'deleted' | 'merged'>;
  readonly readAtMs: number;
  readonly hasMore: boolean;
};

/** Who left since the last time: deleted, or part of another, whose new state is read too; and who changed the partition. */
export async function readGone(
  options: NoticeOptions,
  session: FeedSession,
  drained: Sequence,
): Promise<Gone> {
  const { state } = session;
  const { deleted, merged } = state.places;
  const nowMs = options.clock.now();
  const readAtMs = state.goneReadAtMs;
  if (nowMs - readAtMs < options.deletedIntervalMs)
    return { messages: [], keys: [], positions: { deleted, merged }, readAtMs, hasMore: false };
  const deletes = await readDeleted(options, session, deleted);
  const merges = await readMerges(options, session, merged);
  const rows = unannounced(state.recent, { deletes, merges, drained });
  const hasMore = deletes.page.hasMore || merges.page.hasMore;

  return {
    messages: await goneMessages(options, session, rows),
    keys: goneKeys(rows),
    positions: { deleted: deletes.page.position, merged: merges.page.position },
    readAtMs: hasMore ? readAtMs : nowMs,
    hasMore,
  };
}

type Read<Page> = { readonly read: Sequence; readonly page: Page };

/** A page, and the number of the call that read it. */
export async function readDeleted(
  options: NoticeOptions,
  { numbers }: FeedSession,
  position: string,
): Promise<Read<DeletedPage>> {
  assertHeld(options.lease);

  return { read: numbers.next(), page: await options.people.readDeleted(position) };
}

/** A page, and the number of the call that read it. */
export async function readMerges(
  options: NoticeOptions,
  { numbers }: FeedSession,
  position: string,
): Promise<Read<MergePage>> {
  assertHeld(options.lease);

  return { read: numbers.next(), page: await options.people.readMergesAndPartitions(position) };
}

type GonePages = {
  readonly deletes: Read<DeletedPage> | null;
  readonly merges: Read<MergePage> | null;
  readonly drained: Sequence;
};
type GoneRows = {
  readonly deletes: { readonly ids: readonly string[]; readonly read: Sequence } | null;
  readonly merges: {
    readonly merges: readonly Merge[];
    readonly partitionRows: readonly FeedRow[];
    readonly read: Sequence;
  } | null;
  readonly refused: readonly RefusedRow[];
  readonly drained: Sequence;
};

const deletedKey = (id: string): string => `deleted/${id}`;
const mergedKey = ({ winnerId, loserIds }: Merge): string => `merged/${winnerId}/${loserIds.join()}`;

/** By which the rows are known when they are met again. */
export const goneKeys = ({ deletes, merges, refused }: GoneRows): readonly string[] => [
  ...(deletes?.ids ?? []).map(deletedKey),
  ...(merges?.merges ?? []).map(mergedKey),
  ...(merges?.partitionRows ?? []).map(({ marketoGUID }) => marketoGUID),
  ...refused.map(refusedKey),
];

/** What this session has not announced of two pages. */
export function unannounced(recent: RecentRows, { deletes, merges, drained }: GonePages): GoneRows {
  return {
    deletes: deletes && {
      ids: deletes.page.personIds.filter((id) => !recent.has(deletedKey(id))),
      read: deletes.read,
    },
    merges: merges && {
      merges: merges.page.merges.filter((merge) => !recent.has(mergedKey(merge))),
      partitionRows: merges.page.partitionRows.filter(({ marketoGUID }) => !recent.has(marketoGUID)),
      read: merges.read,
    },
    refused: newlyRefused(recent, [...(deletes?.page.refused ?? []), ...(merges?.page.refused ?? [])]),
    drained,
  };
}

/** What is told of people who left, and of who went to another partition; a search for who is gone takes them as explained. */
export async function goneMessages(
  options: NoticeOptions,
  session: FeedSession,
  { deletes, merges, refused, drained }: GoneRows,
): Promise<readonly OutgoingMessage[]> {
  const context = contextOf(options, session, drained);
  const deletedIds = deletes?.ids ?? [];
  session.state.scan?.people.explain([...deletedIds, ...loserIdsOf(merges)]);

  return [
    ...(deletes ? deletedMessages(deletedIds, { ...context, read: deletes.read }) : []),
    ...(merges ? mergedMessages(merges.merges, { ...context, read: merges.read }) : []),
    ...(await readPersons(options, session, { ...namedBy({ merges, refused }), drained })),
    ...refusedLetters(refused, context.observedAtMs),
  ];
}

const loserIdsOf = (merges: GoneRows['merges']): readonly string[] =>
  (merges?.merges ?? []).flatMap(({ loserIds }) => loserIds);

/** Whose state is read anew: whoever carries on after a merge, is in another partition, or is named by a malformed row. */
function namedBy({ merges, refused }: Pick<GoneRows, 'merges' | 'refused'>): Named {
  const winnerIds = (merges?.merges ?? []).map(({ winnerId }) => winnerId);
  const rows = merges?.partitionRows ?? [];
  const ids = [...winnerIds, ...rows.map(({ personId }) => personId), ...personsNamed(refused)];

  return { ids: [...new Set(ids)], rows };
}
