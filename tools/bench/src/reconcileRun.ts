import { topics, type GoldenEvent, type MessageCodec } from '@lockstep/change-events';
import { createReconciler } from '@lockstep/pipelines';
import type {
  ClaimStore,
  ConsentStore,
  GoldenStore,
  GuardedSave,
  IncomingMessage,
  LinkStore,
  SyncStateStore,
} from '@lockstep/ports';
import { nativePolicy } from '@lockstep/reconciliation';
import type { TrafficMessage } from './reconcileTraffic.ts';
import { trafficMapping } from './trafficPeople.ts';
import { trafficNowMs } from './trafficWorld.ts';

/** A message as it lies on the inbox. */
export type InboxBytes = { readonly key: string; readonly bytes: Buffer };

/** What became of a batch. */
export type BatchWork = {
  readonly goldenEvents: readonly GoldenEvent[];
  readonly saves: readonly GuardedSave[];
};

/** From the bytes of a batch to the bytes of what follows from it. */
export type ReconcileRun = (batch: readonly InboxBytes[]) => Promise<BatchWork>;

export type ReconcileStores = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly consents: ConsentStore;
  readonly syncState: SyncStateStore;
};

export function encodeTraffic(
  codec: MessageCodec,
  messages: readonly Pick<TrafficMessage, 'message'>[],
): Promise<readonly InboxBytes[]> {
  return Promise.all(
    messages.map(async ({ message }) => ({
      key: message.goldenId,
      bytes: await codec.encode(topics.inbox, message),
    })),
  );
}

/** The product's own loop of one partition, without a broker. */
export function openReconcileRun(codec: MessageCodec, stores: ReconcileStores): ReconcileRun {
  let saves: GuardedSave[] = [];
  const golden: GoldenStore = {
    ...stores.golden,
    save(some) {
      saves.push(...some);
      return stores.golden.save(some);
    },
  };
  const handle = createReconciler({
    ...{ ...stores, golden, mapping: trafficMapping, policy: nativePolicy },
    clock: { now: () => trafficNowMs, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
    writeDynamics: () => Promise.resolve(),
  });
  return async (batch) => {
    saves = [];
    const values = await Promise.all(batch.map(({ bytes }) => codec.decode(topics.inbox, bytes)));
    const messages = batch.map((message, offset) => incoming(message, values[offset], offset));
    const { messages: out, afterCommit } = await handle({ topic: topics.inbox, partition: 0, messages });
    for (const { topic, value } of out) await codec.encode(topic, value);
    await afterCommit?.();
    const goldenTopic = topics.goldenChanges('person');
    const events = out.flatMap(({ topic, value }) => (topic === goldenTopic ? [value as GoldenEvent] : []));
    return { goldenEvents: events, saves };
  };
}

const incoming = ({ key, bytes }: InboxBytes, value: unknown, offset: number): IncomingMessage => ({
  topic: topics.inbox,
  partition: 0,
  offset: String(offset),
  key,
  value,
  undecodable: null,
  headers: noHeaders,
  bytes,
});

const noHeaders: IncomingMessage['headers'] = {};

/** What cannot be saved: reading the messages and writing the golden events. */
export async function decodeAndEncode(
  codec: MessageCodec,
  batch: readonly InboxBytes[],
  { goldenEvents }: BatchWork,
): Promise<void> {
  await Promise.all(batch.map(({ bytes }) => codec.decode(topics.inbox, bytes)));
  for (const event of goldenEvents) await codec.encode(topics.goldenChanges('person'), event);
}
