import type { ChangeEvent, EventHead, RegisteredSchema } from '@lockstep/change-events';

/** `topic` is the name without the tenant's prefix; `value` null is a tombstone, and bytes are published as they are. */
export type OutgoingMessage = {
  readonly topic: string;
  readonly key: string;
  readonly value: unknown;
  /** W3C trace context and the like. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** `undecodable` says why `value` is null although the message has bytes; the bytes go to the dead letters. */
export type IncomingMessage = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: unknown;
  readonly undecodable: { readonly code: 'MESSAGE_UNDECODABLE'; readonly bytes: Buffer } | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What `value` was decoded from, where the log has it. */
  readonly bytes?: Buffer | null;
};

/** Messages of one partition, in order. */
export type Batch = {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
};

/** `afterCommit` runs once messages and offsets are committed; it must not throw. */
export type BatchResult = {
  readonly messages: readonly OutgoingMessage[];
  readonly afterCommit?: () => Promise<void>;
  /** What is published in the place of a message that is larger than the broker takes; such a message stops the consumer without it. */
  readonly insteadOf?: (message: OutgoingMessage) => OutgoingMessage;
};

export type BatchHandler = (batch: Batch) => Promise<BatchResult>;

export type ConsumeOptions = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly batchSizeMax: number;
  /** So many batches of a partition may be handled before the first of them is committed; 1 unless said otherwise. */
  readonly aheadMax?: number;
  /**
   * Consumers with the same writer, of whatever group and in whatever process, take turns at each partition number, from the first
   * message of a batch to its commit: what one of them publishes never comes after what another has published since. Not with
   * `aheadMax`.
   */
  readonly writer?: string;
};

/** A transactional publisher. Opening one fences every earlier holder of its id before it returns. */
export type Publisher = {
  /**
   * All messages or none become visible, a moment after this resolves; they are taken one after the other, once, while earlier ones are on their way.
   * Throws KAFKA_FENCED when a later publisher took the id, and EVENT_UNENCODABLE {topic, key, field} when one message
   * does not fit its schema or (field `size`) the broker: then the publisher is still good for the others.
   */
  publish(messages: Iterable<OutgoingMessage>): Promise<void>;
  close(): Promise<void>;
};

/** Messages of a change topic that were met; `skipped` could not be decoded and were not visited. */
export type ScanResult = { readonly scanned: number; readonly skipped: number };

/** `fields` are there where the scan asks for them, which takes several times as long. */
export type ScannedEvent = EventHead & Partial<Pick<ChangeEvent, 'fields'>>;

/** `event` null is a tombstone. */
export type HeadVisitor = (key: string, event: ScannedEvent | null) => void;

export type ScanOptions = { readonly fields: boolean };

/** Kafka as the loops need it: order per key, atomic publishing, read committed. */
export type EventLog = {
  /** `id` as in the design: `table/lane`; the tenant's prefix is added. */
  openPublisher(id: string): Promise<Publisher>;
  /** The schema that messages of `topic` are written with now; absent where the log has no registry, and takes nothing packed. */
  registered?(topic: string): Promise<RegisteredSchema>;
  /**
   * Hands batches of each assigned partition to `handler`, one at a time per partition, and commits its messages and the
   * batch's offsets in one transaction. When `handler` or the commit fails nothing of the batch is visible and the batch
   * comes again. A failure that `fateOf` calls STOP ends the consumer and rejects. Resolves after `signal` aborts.
   */
  consume(options: ConsumeOptions, handler: BatchHandler, signal: AbortSignal): Promise<void>;
  /** Reads a topic to its end, read committed: the last value per key, tombstones removed. */
  readLatest(topic: string): Promise<ReadonlyMap<string, unknown>>;
  /**
   * Reads a topic of change events to its end, read committed, and keeps nothing: `visit` gets every message, in order
   * per key. Rejects with the reason of `signal` when that aborts, and with what `visit` throws.
   */
  scanEvents(
    topic: string,
    visit: HeadVisitor,
    signal: AbortSignal,
    options?: ScanOptions,
  ): Promise<ScanResult>;
  /** Messages of `topic` that `group` has not committed yet. */
  lag(group: string, topics: readonly string[]): Promise<number>;
  /** Messages that are kept no longer, and that `group`, which has read some, had not committed by then. */
  expired(group: string, topics: readonly string[]): Promise<number>;
};
