import { fateOf, isSyncError, topicName } from '@lockstep/change-events';
import type { Consumer, ConsumerEndBatchProcessEvent, EachBatchPayload } from 'kafkajs';
import type { Consumption } from './consumeSettings.ts';
import { createCoPartitionAssigner } from './coPartitionAssigner.ts';
import { toSyncError } from './kafkaErrors.ts';
import { groupName } from './names.ts';
import { createPartitionOwners, type PartitionOwners } from './partitionOwners.ts';
import { OwnershipFailure, processFetched } from './processFetched.ts';
import { retryDelayMs, sleep, withDeadline } from './retryDelay.ts';

const heartbeatIntervalMs = 1_500;
const stopTimeoutMs = 10_000;
const partitionsAtOnce = 3;
/** What one fetch of a partition brings at most: little, unless batches are handled ahead, which ends with each fetch. */
const fetchBytes = 512 * 1024;
const fetchAheadBytes = 8 * 1024 * 1024;
/** A membership that lasted this long starts the backoff afresh. */
const steadyMs = 60_000;

/** One stay in the consumer group, until it is asked to stop, fails, or kafkajs gives up. */
type Membership = {
  readonly consumption: Consumption;
  readonly consumer: Consumer;
  readonly owners: PartitionOwners;
  /** Failures in a row by partition. */
  readonly failures: Map<string, number>;
  /** Ends the membership, with null when it was asked to; the first call counts. */
  readonly end: (failure: unknown) => void;
};

/** Consumes until the signal aborts; joins again after every retriable failure, rejects with one that says STOP. */
export async function consumeTopics(consumption: Consumption): Promise<void> {
  const { settings, outage, signal } = consumption;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const failure = await stayInGroup(consumption);
    if (failure === null) break;
    if (fateOf(failure) === 'STOP') throw failure;
    failures = performance.now() - startedAt > steadyMs ? 1 : failures + 1;
    outage?.failed(failure);
    await sleep(retryDelayMs(failures, settings.random ?? Math.random), signal);
  }
  outage?.ended();
}

async function stayInGroup(consumption: Consumption): Promise<unknown> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([consumption.signal, stopping.signal]);
  const consumer = createConsumer(consumption);
  const owners = createPartitionOwners(consumption);
  const failure = await new Promise<unknown>((resolve) => {
    const end = resolve;
    signal.addEventListener('abort', () => end(null), { once: true });
    const membership = {
      consumption: { ...consumption, signal },
      consumer,
      owners,
      failures: new Map<string, number>(),
      end,
    };
    listen(membership);
    start(membership).catch(end);
  });
  stopping.abort();
  // Waits for the running batch and its commit before it leaves the group.
  const left = consumer.disconnect().then(() => owners.closeAll());
  await withDeadline(left, stopTimeoutMs).catch(() => undefined);
  return failure === null ? null : toSyncError(failure);
}

function createConsumer({ settings, options }: Consumption): Consumer {
  const partitionBytes = (options.aheadMax ?? 1) > 1 ? fetchAheadBytes : fetchBytes;
  return settings.kafka.consumer({
    groupId: groupName(settings.prefix, options.group),
    partitionAssigners: [createCoPartitionAssigner(settings.instanceId)],
    allowAutoTopicCreation: false,
    readUncommitted: false,
    sessionTimeout: 10_000,
    rebalanceTimeout: 15_000,
    heartbeatInterval: heartbeatIntervalMs,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    maxBytesPerPartition: partitionBytes,
    maxBytes: Math.max(10 * 1024 * 1024, partitionsAtOnce * partitionBytes),
    // We restart it, so that every failure passes through one place.
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
}

function listen(membership: Membership): void {
  const { consumer, owners, end, consumption } = membership;
  const { CRASH, GROUP_JOIN, END_BATCH_PROCESS } = consumer.events;
  consumer.on(CRASH, ({ payload }) => end(payload.error));
  consumer.on(GROUP_JOIN, ({ payload }) => {
    forgetFailures(membership, payload.memberAssignment);
    void owners.keepOnly(payload.memberAssignment).catch(end);
  });
  consumer.on(END_BATCH_PROCESS, ({ payload }) => void passMarkers(owners, consumption.signal, payload));
}

async function start(membership: Membership): Promise<void> {
  const { consumer, consumption } = membership;
  const { options, settings } = consumption;
  await consumer.connect();
  const topics = options.topics.map((topic) => topicName(settings.prefix, topic));
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitionsAtOnce,
    eachBatch: (payload) => processBatch(membership, payload),
  });
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** What is another member's now is no failure of ours any more. */
function forgetFailures(
  membership: Membership,
  assignment: Readonly<Record<string, readonly number[]>>,
): void {
  const places = Object.entries(assignment).flatMap(([topic, numbers]) =>
    numbers.map((number) => placeOf(topic, number)),
  );
  const own = new Set(places);
  for (const place of membership.failures.keys()) if (!own.has(place)) membership.failures.delete(place);
  tellGoesOn(membership);
}

function tellGoesOn({ consumption, failures }: Membership): void {
  if (failures.size === 0) consumption.outage?.worked();
}

/** Never rejects: what kafkajs would make a crash of is a pause of this partition, or the end of the membership. */
async function processBatch(membership: Membership, payload: EachBatchPayload): Promise<void> {
  const { consumption, owners, failures } = membership;
  const { topic, partition } = payload.batch;
  const owner = owners.of(topic, partition);
  // A rebalance that a heartbeat reports is met by kafkajs after the batch, so that the turn ends.
  const turn = new AbortController();
  const heartbeats = setInterval(
    () => void payload.heartbeat().catch(() => turn.abort()),
    heartbeatIntervalMs,
  );
  try {
    await owner.exclusive(() => processFetched(consumption, { payload, owner, turn: turn.signal }));
    failures.delete(placeOf(topic, partition));
    tellGoesOn(membership);
  } catch (error) {
    handleFailure(membership, payload, error);
  } finally {
    clearInterval(heartbeats);
  }
}

function handleFailure(membership: Membership, payload: EachBatchPayload, error: unknown): void {
  const { outage, signal } = membership.consumption;
  const cause = toSyncError(error instanceof OwnershipFailure ? error.cause : error);
  // Fenced there, another member has the partition or had it; taking it again settles who goes on from where.
  const movedOn = error instanceof OwnershipFailure && isSyncError(cause, 'KAFKA_FENCED');
  if (!movedOn && fateOf(cause) === 'STOP') return membership.end(cause);
  if (signal.aborted) return;
  if (!movedOn) outage?.failed(cause);
  retryLater(membership, payload);
}

/** Nothing of the failed batch is resolved, so the next fetch brings it again; the other partitions flow meanwhile. */
function retryLater({ consumption, failures }: Membership, { batch, pause }: EachBatchPayload): void {
  const { settings, signal } = consumption;
  const place = placeOf(batch.topic, batch.partition);
  const count = (failures.get(place) ?? 0) + 1;
  failures.set(place, count);
  const resume = pause();
  void sleep(retryDelayMs(count, settings.random ?? Math.random), signal).then(
    () => signal.aborted || resume(),
  );
}

/** Transaction markers and aborted messages never reach a handler; committing them lets the lag reach zero. */
async function passMarkers(
  owners: PartitionOwners,
  signal: AbortSignal,
  { batchSize, topic, partition, lastOffset }: ConsumerEndBatchProcessEvent['payload'],
): Promise<void> {
  if (batchSize > 0 || signal.aborted) return;
  const owner = owners.of(topic, partition);
  const next = BigInt(lastOffset) + 1n;
  const passed = owner.exclusive(async () => {
    if ((await owner.take()) < next) await owner.commit(next, []);
  });
  // Without the commit they are met again, and do no harm.
  await passed.catch(() => undefined);
}
