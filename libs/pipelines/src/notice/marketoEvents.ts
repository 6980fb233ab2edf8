import {
  isoTime,
  topics,
  type ChangeEvent,
  type EvidenceRow,
  type Lane,
  type PersonKind,
  type Sequence,
} from '@lockstep/change-events';
import type { FeedRow, MarketoPerson, Merge, OutgoingMessage } from '@lockstep/ports';
import { unreadableLetters } from './refusedRows.ts';

export type ReadContext = {
  /** The number of the call that read the persons. */
  readonly read: Sequence;
  /** The number of the last feed call that came to the end of the feed. */
  readonly feedNumber: Sequence;
  readonly observedAtMs: number;
  readonly lane: Lane;
  readonly operation: 'SNAPSHOT' | 'UPSERT';
};

/** The kind of a person is the type of the row it mirrors; a person that was never linked is a lead (design section 4). */
export function kindOf(crmType: unknown): PersonKind {
  return crmType === 'Contact' ? 'contact' : 'lead';
}

function evidenceRow(row: FeedRow): EvidenceRow {
  const { personId: _, ...evidence } = row;
  return evidence;
}

function personEvent(person: MarketoPerson, rows: readonly FeedRow[], context: ReadContext): ChangeEvent {
  const { read, feedNumber, lane, operation } = context;
  return {
    eventId: `marketo/person/${person.id}/${read.epoch}.${read.number}`,
    operation,
    recordId: person.id,
    version: null,
    page: read,
    changedAt: rows.at(-1)?.activityDate ?? null,
    observedAt: isoTime(context.observedAtMs),
    changedBy: null,
    lane,
    fields: person.fields,
    mergedInto: null,
    evidence: operation === 'SNAPSHOT' ? null : { feedNumber, rows: rows.map(evidenceRow) },
  };
}

type Bare = { readonly operation: 'DELETE' | 'MOVED' | 'MERGE'; readonly mergedInto?: string };

function bareEvent(
  id: string,
  { operation, mergedInto }: Bare,
  context: Omit<ReadContext, 'operation'>,
): ChangeEvent {
  const { read, lane } = context;
  return {
    eventId: `marketo/person/${id}/${operation.toLowerCase()}/${read.epoch}.${read.number}`,
    operation,
    recordId: id,
    version: null,
    page: read,
    changedAt: null,
    observedAt: isoTime(context.observedAtMs),
    changedBy: null,
    lane,
    fields: null,
    mergedInto: mergedInto ?? null,
    evidence: null,
  };
}

/** The kind a person had before this feed page; null when it did not change. */
function formerKind(person: MarketoPerson, rows: readonly FeedRow[]): PersonKind | null {
  const moved = rows.find((row) => row.field === 'crmType');
  if (!moved) return null;
  const former = kindOf(moved.oldValue);
  return former === kindOf(person.fields['crmType']) ? null : former;
}

const newLeadActivity = 12;

/** Nobody waits for the news that a person was created (mostly by our own first load); edits overtake it. */
function laneOf(rows: readonly FeedRow[], context: ReadContext): Lane {
  return rows.every((row) => row.activityType === newLeadActivity) ? 'BACKFILL' : context.lane;
}

/** Persons as messages, each with its feed rows; a change of kind first leaves the former topic. */
export function personMessages(
  persons: readonly MarketoPerson[],
  rows: readonly FeedRow[],
  context: ReadContext,
): OutgoingMessage[] {
  return persons.flatMap((person) => {
    const own = rows.filter((row) => row.personId === person.id);
    const topic = topics.marketingChanges(kindOf(person.fields['crmType']));
    const state = {
      topic,
      key: person.id,
      value: personEvent(person, own, { ...context, lane: laneOf(own, context) }),
    };
    const letters = unreadableLetters(person.id, person.unreadable ?? [], context.observedAtMs);
    const former = formerKind(person, own);
    if (former === null) return [state, ...letters];
    const left = topics.marketingChanges(former);
    return [
      { topic: left, key: person.id, value: bareEvent(person.id, { operation: 'MOVED' }, context) },
      { topic: left, key: person.id, value: null },
      state,
      ...letters,
    ];
  });
}

type GoneContext = Omit<ReadContext, 'operation'>;

export const deletedMessages = (ids: readonly string[], context: GoneContext): OutgoingMessage[] =>
  ids.flatMap((id) => goneMessages(id, { operation: 'DELETE' }, context));

/** The losers of merges; each event names the person who carries on. */
export const mergedMessages = (merges: readonly Merge[], context: GoneContext): OutgoingMessage[] =>
  merges.flatMap(({ winnerId, loserIds }) =>
    loserIds.flatMap((id) => goneMessages(id, { operation: 'MERGE', mergedInto: winnerId }, context)),
  );

/** Who is gone leaves both topics: which kind it was is no longer known. The event itself travels once. */
function goneMessages(id: string, bare: Bare, context: GoneContext): OutgoingMessage[] {
  return [
    { topic: topics.marketingChanges('lead'), key: id, value: bareEvent(id, bare, context) },
    { topic: topics.marketingChanges('lead'), key: id, value: null },
    { topic: topics.marketingChanges('contact'), key: id, value: null },
  ];
}
