import {
  topics,
  type GoldenEvent,
  type InboxMessage,
  type MarketerRequest,
  type WriteCommand,
} from '@lockstep/change-events';
import type { Batch, IncomingMessage, OutgoingMessage } from '@lockstep/ports';
import type {
  Decision,
  DynamicsEntry,
  EmailClaim,
  GoldenEntity,
  GoldenRecord,
  OutboxEntry,
} from '@lockstep/reconciliation';
import { notice } from '../notices.ts';

/** Everything that happened to one golden record in one batch. */
export type Outcome = {
  readonly stored: GoldenRecord | null;
  record: GoldenRecord | null;
  readonly decisions: Decision[];
  /** What its events claimed before they were decided. */
  readonly brought: readonly EmailClaim[];
};

export type OwnedWrite = { readonly goldenId: string; readonly entry: DynamicsEntry };

/** A batch, and the headers of the first message of each key: what follows from a record carries them. */
export type Incoming = {
  readonly batch: Batch;
  readonly headersOf: ReadonlyMap<string, IncomingMessage['headers']>;
};

export function incomingOf(batch: Batch): Incoming {
  const headersOf = new Map<string, IncomingMessage['headers']>();
  for (const { key, headers } of batch.messages) if (!headersOf.has(key)) headersOf.set(key, headers);

  return { batch, headersOf };
}

/**
 * What a saved outcome lets out: golden events, commands, states of requests and messages for other records that are not known to
 * be published (those of an earlier save that died before it published are among them), and a notice when the record has come to wait.
 */
export function outgoing(
  { batch, headersOf }: Incoming,
  { stored, record, decisions }: Outcome,
  published: ReadonlySet<string>,
  nowMs: number,
): OutgoingMessage[] {
  if (!record) return [];
  const headers = headersOf.get(record.goldenId) ?? noHeaders;
  const isOpen = ({ entryId }: OutboxEntry): boolean => !published.has(entryId);
  const left = stored ? stored.outbox.filter((entry) => isSaidOnce(entry) && isOpen(entry)) : [];
  const open = record.outbox.filter((entry) => isAskedFor(entry) && isOpen(entry));
  const messages: readonly OutgoingMessage[] = [
    ...goldenEvents(left, decisions).map((event) => goldenMessage(event, record.entity)),
    ...open.flatMap((entry) => (entry.kind === 'marketo-write' ? [commandMessage(entry.command)] : [])),
    ...open.flatMap((entry) => (entry.kind === 'request-state' ? [stateMessage(entry.request)] : [])),
    ...forwardsOf(left, decisions).map((value) => forwardMessage(batch, value)),
    ...waitingNotice(stored, record, nowMs),
  ];
  return messages.map(({ topic, key, value, headers: own }) => ({
    topic,
    key,
    value,
    headers: own ?? headers,
  }));
}

const noHeaders: IncomingMessage['headers'] = {};

const goldenEvents = (
  left: readonly OutboxEntry[],
  decisions: readonly Decision[],
): readonly GoldenEvent[] => [
  ...left.flatMap((entry) => (entry.kind === 'golden-event' ? [entry.event] : [])),
  ...decisions.flatMap(({ goldenEvent }) => goldenEvent ?? []),
];

const forwardsOf = (
  left: readonly OutboxEntry[],
  decisions: readonly Decision[],
): readonly InboxMessage[] => [
  ...left.flatMap((entry) => (entry.kind === 'forward' ? [entry.message] : [])),
  ...decisions.flatMap(({ forwards }) => forwards),
];

/** What every decision says once, and an earlier process may not have published. */
const isSaidOnce = ({ kind }: OutboxEntry): boolean => kind === 'golden-event' || kind === 'forward';

/** What stays in the record until it is answered, or published; a command that lapsed is planned anew. */
const isAskedFor = (entry: OutboxEntry): boolean =>
  entry.kind === 'request-state' || (entry.kind === 'marketo-write' && !entry.lapsed);

const commandMessage = (command: WriteCommand): OutgoingMessage => ({
  topic: command.lane === 'BACKFILL' ? topics.writesBackfill : topics.writes,
  key: command.goldenId,
  value: command,
});

const stateMessage = (request: MarketerRequest): OutgoingMessage => ({
  topic: topics.requests,
  key: request.personId,
  value: request,
});

const goldenMessage = (event: GoldenEvent, entity: GoldenEntity | undefined): OutgoingMessage => ({
  topic: topics.goldenChanges(entity ?? 'person'),
  key: event.goldenId,
  value: event,
});

/** A forwarded message stays in the lane it came in. */
export const forwardMessage = (batch: Batch, value: InboxMessage): OutgoingMessage => ({
  topic: batch.topic,
  key: value.goldenId,
  value,
});

/** Says once that a record waits for a person or for a cause to go away. */
function waitingNotice(stored: GoldenRecord | null, record: GoldenRecord, nowMs: number): OutgoingMessage[] {
  const { waiting } = record;
  if (!waiting?.code || waiting.code === stored?.waiting?.code) return [];
  const facts = { counts: { records: 1 }, atMs: nowMs, cause: waiting.code };
  return [notice('RECORD_WAITS', `golden/${record.goldenId}`, facts)];
}

/** Writes that this batch planned and did not overtake itself. */
export function openWrites(goldenId: string, { record, decisions }: Outcome): OwnedWrite[] {
  const planned = decisions.flatMap((decision) => decision.dynamicsWrites);
  if (planned.length === 0) return [];
  const open = new Set(record?.outbox.map((entry) => entry.entryId));
  return planned.filter((entry) => open.has(entry.entryId)).map((entry) => ({ goldenId, entry }));
}
