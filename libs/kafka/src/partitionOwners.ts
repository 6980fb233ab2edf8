import type { Admin } from 'kafkajs';
import type { Consumption } from './consumeSettings.ts';
import { withSyncErrors } from './kafkaErrors.ts';
import { groupName, plainTopic, scopedId } from './names.ts';
import { createPartitionOwner, type OwnerSettings, type PartitionOwner } from './partitionOwner.ts';
import { openTransactionalProducer } from './transactionalProducer.ts';

/** The partitions that one consumer has met; `topic` is the name on the broker. */
export type PartitionOwners = {
  of(topic: string, partition: number): PartitionOwner;
  /** Gives back what is not in `assignment`. */
  keepOnly(assignment: Readonly<Record<string, readonly number[]>>): Promise<void>;
  closeAll(): Promise<void>;
};

type OwnerEntry = { readonly topic: string; readonly partition: number; readonly owner: PartitionOwner };

export function createPartitionOwners(consumption: Consumption): PartitionOwners {
  const { settings, options } = consumption;
  const { kafka, prefix } = settings;
  const entries = new Map<string, OwnerEntry>();
  const consumerGroupId = groupName(prefix, options.group);
  let admin: Promise<Admin> | null = null;

  function openAdmin(): Promise<Admin> {
    const opened = kafka.admin();
    const connecting = opened.connect().then(() => opened);
    connecting.catch(() => (admin = null));
    return connecting;
  }

  async function readCommitted(topic: string, partition: number): Promise<bigint> {
    admin ??= openAdmin();
    const connected = await admin;
    const offsets = await connected.fetchOffsets({ groupId: consumerGroupId, topics: [topic] });
    return BigInt(offsets[0]?.partitions.find((p) => p.partition === partition)?.offset ?? -1);
  }

  function createOwner(topic: string, partition: number): PartitionOwner {
    return createPartitionOwner({
      topic,
      partition,
      consumerGroupId,
      ...publishingOf(consumption, topic, partition),
      readCommitted: () => withSyncErrors(() => readCommitted(topic, partition)),
    });
  }

  async function closeWhere(isClosed: (entry: OwnerEntry) => boolean): Promise<void> {
    const closed = [...entries].filter(([, entry]) => isClosed(entry));
    await Promise.all(closed.map(([, { owner }]) => owner.close()));
  }

  return {
    of(topic, partition) {
      const key = `${topic}/${partition}`;
      const entry = entries.get(key) ?? { topic, partition, owner: createOwner(topic, partition) };
      entries.set(key, entry);
      return entry.owner;
    },
    keepOnly: (assignment) => closeWhere(({ topic, partition }) => !assignment[topic]?.includes(partition)),
    async closeAll() {
      await closeWhere(() => true);
      await (await admin)?.disconnect();
    },
  };
}

/** Whose transactions the commits of a partition are. */
function publishingOf(
  { settings, options, writers }: Consumption,
  topic: string,
  partition: number,
): Pick<OwnerSettings, 'openProducer' | 'inTurn'> {
  const { kafka, prefix } = settings;
  const { group, writer } = options;
  if (writer === undefined) {
    const id = scopedId(prefix, group, plainTopic(prefix, topic), partition);
    return { openProducer: () => openTransactionalProducer(kafka, id), inTurn: (work) => work() };
  }
  const id = scopedId(prefix, writer, partition);

  return { openProducer: () => writers.open(id), inTurn: (work) => writers.inTurn(id, work) };
}
