import { topicName } from '@lockstep/change-events';
import type { Admin, Kafka } from 'kafkajs';
import { groupName } from './names.ts';
import { retryTransient } from './retryTransient.ts';
import { withAdmin } from './withAdmin.ts';

/** What a group has committed, by partition. */
type Places = ReadonlyMap<number, bigint>;

/** `ends` are the last stable offsets: what a read-committed consumer can reach now. */
async function topicLag(admin: Admin, topic: string, committed: Places): Promise<bigint> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { partition, high, low }) => {
    const from = committed.get(partition) ?? -1n;
    const start = from < BigInt(low) ? BigInt(low) : from;
    const behind = BigInt(high) - start;
    return behind > 0n ? sum + behind : sum;
  }, 0n);
}

/** What lies before the first message that is kept; never committed is not behind. */
async function topicExpired(admin: Admin, topic: string, committed: Places): Promise<bigint> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { partition, low }) => {
    const place = committed.get(partition) ?? -1n;
    return place >= 0n && place < BigInt(low) ? sum + BigInt(low) - place : sum;
  }, 0n);
}

/** Messages that `group` has not committed, transaction markers counted as messages; never committed counts from the start. */
export async function consumerLag(
  kafka: Kafka,
  prefix: string,
  group: string,
  topics: readonly string[],
): Promise<number> {
  return sumOver({ kafka, prefix, group, topics }, topicLag);
}

/** Messages that are kept no longer and that `group` had not committed. */
export async function expiredMessages(
  kafka: Kafka,
  prefix: string,
  group: string,
  topics: readonly string[],
): Promise<number> {
  return sumOver({ kafka, prefix, group, topics }, topicExpired);
}

type Asked = {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly group: string;
  readonly topics: readonly string[];
};

function sumOver(
  { kafka, prefix, group, topics }: Asked,
  count: (admin: Admin, topic: string, committed: Places) => Promise<bigint>,
): Promise<number> {
  const names = topics.map((topic) => topicName(prefix, topic));
  const sum = async (admin: Admin): Promise<number> => {
    const offsets = await admin.fetchOffsets({ groupId: groupName(prefix, group), topics: names });
    const counts = await Promise.all(
      offsets.map(({ topic, partitions }) =>
        count(admin, topic, new Map(partitions.map((p) => [p.partition, BigInt(p.offset)]))),
      ),
    );
    return Number(counts.reduce((all, each) => all + each, 0n));
  };
  // A broker that has just started asks for time until it knows its groups.
  return retryTransient(
    () => withAdmin(kafka, sum),
    () => true,
  );
}
