import type { Codec } from './codec.ts';
import type { ChangeEvent, DeliveryOutcome, InboxMessage } from './events.ts';
import { topicName, topics } from './topics.ts';

const inboxTopics: ReadonlySet<string> = new Set([topics.inbox, topics.inboxBackfill]);

/** Encodes and decodes whole messages by topic: inbox messages carry others inside, in the schema those were written with. */
export type MessageCodec = {
  encode(topic: string, value: unknown): Promise<Buffer>;
  decode(topic: string, bytes: Buffer): Promise<unknown>;
};

/** Names the subject of a topic: TopicNameStrategy over the name on the broker. */
export const subjectOf = (prefix: string, topic: string): string => `${topicName(prefix, topic)}-value`;

type Encode = (topic: string, value: unknown) => Promise<Buffer>;

/** The topic whose schema a forwarded event is written with. */
function eventTopic(message: Extract<InboxMessage, { kind: 'event' }>): string {
  if (message.system === 'dynamics') return topics.dynamicsChanges(message.table);
  return topics.marketingChanges(message.table === 'contact' ? 'contact' : 'lead');
}

async function pack(encode: Encode, message: InboxMessage): Promise<Record<string, unknown>> {
  switch (message.kind) {
    case 'event':
      return { ...message, event: await encode(eventTopic(message), message.event) };
    case 'outcome':
      return { ...message, outcome: await encode(topics.outcomes, message.outcome) };
    case 'refusal':
    case 'wake-up':
      return message;
  }
}

async function unpack(codec: Codec, packed: Record<string, unknown>): Promise<InboxMessage> {
  const { kind, goldenId, system, table, event, outcome, written, reason, target } = packed;
  if (kind === 'event') {
    const decoded = (await codec.decode(event as Buffer)) as ChangeEvent;
    return { kind, goldenId, system, table, event: decoded, written } as InboxMessage;
  }
  if (kind === 'outcome') {
    return {
      kind,
      goldenId,
      outcome: (await codec.decode(outcome as Buffer)) as DeliveryOutcome,
    } as InboxMessage;
  }
  return (
    kind === 'refusal' ? { kind, goldenId, written } : { kind, goldenId, reason, target }
  ) as InboxMessage;
}

/** `topic` is the name without prefix everywhere; the prefix of the tenant is part of the subject only. */
export function createMessageCodec(codec: Codec, prefix = ''): MessageCodec {
  const encode: Encode = (topic, value) => codec.encode(subjectOf(prefix, topic), value);
  return {
    async encode(topic, value) {
      return encode(topic, inboxTopics.has(topic) ? await pack(encode, value as InboxMessage) : value);
    },
    async decode(topic, bytes) {
      const body = await codec.decode(bytes);
      return inboxTopics.has(topic) ? unpack(codec, body as Record<string, unknown>) : body;
    },
  };
}

/** The schemas by subject, as `createCodec` wants them. */
export function subjectSchemas<S>(schemas: ReadonlyMap<string, S>, prefix = ''): ReadonlyMap<string, S> {
  return new Map([...schemas].map(([topic, schema]) => [subjectOf(prefix, topic), schema]));
}
