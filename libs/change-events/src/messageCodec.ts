import type { AvroSchema } from './avroTypes.ts';
import type { Codec } from './codec.ts';
import type { RegisteredSchema } from './eventPacker.ts';
import type { EventHead } from './eventHead.ts';
import type { ChangeEvent } from './events.ts';
import type { InboxMessage } from './inboxMessage.ts';
import { then, type Ready } from './ready.ts';
import type { MarketerRequest } from './requests.ts';
import { topicName, topics } from './topics.ts';
import type { DeliveryOutcome } from './writes.ts';

const inboxTopics: ReadonlySet<string> = new Set([topics.inbox, topics.inboxBackfill]);

/** Encodes and decodes whole messages by topic: inbox messages carry others inside, in the schema those were written with. */
export type MessageCodec = {
  /** Values of `topic` are written with `schema` from now on; what the registry refuses leaves the former one in force. */
  define(topic: string, schema: AvroSchema): Promise<void>;
  /** At once when every schema it needs has its id already. Throws EVENT_UNENCODABLE. */
  encode(topic: string, value: unknown): Ready<Buffer>;
  /** The whole schema that values of `topic` are written with now. */
  registered(topic: string): Promise<RegisteredSchema>;
  decode(topic: string, bytes: Buffer): Promise<unknown>;
  /** The head of a change event; at once when its schema is known. Throws MESSAGE_UNDECODABLE. */
  decodeHead(topic: string, bytes: Buffer): Ready<EventHead>;
};

/** Names the subject of a topic: TopicNameStrategy over the name on the broker. */
export const subjectOf = (prefix: string, topic: string): string => `${topicName(prefix, topic)}-value`;

type Encode = (topic: string, value: unknown) => Ready<Buffer>;
type Packed = Readonly<Record<string, unknown>>;

/** The bytes that decoded events came from: an event that is forwarded keeps the schema it was written with. */
type Originals = WeakMap<object, Buffer>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isEventTopic = (topic: string): boolean => /^(dynamics|marketing)\..+\.changes$/.test(topic);

/** The topic whose schema an event is written with that did not come off a topic. */
function eventTopic(message: Extract<InboxMessage, { kind: 'event' }>): string {
  if (message.system === 'dynamics') return topics.dynamicsChanges(message.table);
  return topics.marketingChanges(message.table === 'contact' ? 'contact' : 'lead');
}

function pack(encode: Encode, originals: Originals, message: InboxMessage): Ready<Packed> {
  switch (message.kind) {
    case 'event': {
      const event = originals.get(message.event) ?? encode(eventTopic(message), message.event);
      return then(event, (bytes) => ({ ...message, event: bytes }));
    }
    case 'outcome':
      return then(encode(topics.outcomes, message.outcome), (bytes) => ({ ...message, outcome: bytes }));
    case 'request':
      return then(encode(topics.requests, message.request), (bytes) => ({ ...message, request: bytes }));
    case 'refusal':
    case 'wake-up':
      return message;
  }
}

type DecodeEvent = (bytes: Buffer) => Promise<ChangeEvent>;

async function unpack(codec: Codec, decodeEvent: DecodeEvent, packed: Packed): Promise<InboxMessage> {
  const { kind, goldenId, system, table, event, outcome, written, reason, target } = packed;
  const { until, sentAt, conflict, wish, requestsEnded } = packed;
  if (kind === 'event') {
    const decoded = await decodeEvent(event as Buffer);
    return { kind, goldenId, system, table, event: decoded, written, wish, requestsEnded } as InboxMessage;
  }
  if (kind === 'outcome') {
    return {
      kind,
      goldenId,
      outcome: (await codec.decode(outcome as Buffer)) as DeliveryOutcome,
    } as InboxMessage;
  }
  if (kind === 'request') {
    const request = (await codec.decode(packed['request'] as Buffer)) as MarketerRequest;
    return { kind, goldenId, request } as InboxMessage;
  }
  return (
    kind === 'refusal'
      ? { kind, goldenId, written }
      : { kind, goldenId, reason, target, until, sentAt, conflict, wish }
  ) as InboxMessage;
}

/** `topic` is the name without prefix everywhere; the prefix of the tenant is part of the subject only. */
export function createMessageCodec(codec: Codec, prefix = ''): MessageCodec {
  const originals: Originals = new WeakMap();
  const subjects = new Map<string, string>();
  // The same text each time is found much faster than an equal one that was just put together.
  const subject = (topic: string): string => {
    const known = subjects.get(topic) ?? subjectOf(prefix, topic);
    subjects.set(topic, known);
    return known;
  };
  const encode: Encode = (topic, value) => codec.encode(subject(topic), value);

  async function decodeEvent(bytes: Buffer): Promise<ChangeEvent> {
    const event = await codec.decode(bytes);
    if (isObject(event)) originals.set(event, bytes);
    return event as ChangeEvent;
  }

  return {
    define: (topic, schema) => codec.define(subjectOf(prefix, topic), schema),
    registered: (topic) => codec.registered(subject(topic)),
    encode: (topic, value) =>
      inboxTopics.has(topic)
        ? then(pack(encode, originals, value as InboxMessage), (packed) => encode(topic, packed))
        : encode(topic, value),
    async decode(topic, bytes) {
      if (isEventTopic(topic)) return decodeEvent(bytes);
      const body = await codec.decode(bytes);
      return inboxTopics.has(topic) ? unpack(codec, decodeEvent, body as Packed) : body;
    },
    decodeHead: (_topic, bytes) => codec.decodeHead(bytes),
  };
}

/** The schemas by subject, as `createCodec` wants them. */
export function subjectSchemas<S>(schemas: ReadonlyMap<string, S>, prefix = ''): ReadonlyMap<string, S> {
  return new Map([...schemas].map(([topic, schema]) => [subjectOf(prefix, topic), schema]));
}
