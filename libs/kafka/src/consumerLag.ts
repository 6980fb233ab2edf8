import { topicName } from '@lockstep/change-events';
import type { Admin, Kafka } from 'kafkajs';
import { groupName } from './names.ts';
import { withAdmin } from './withAdmin.ts';

/** `ends` are the last stable offsets: what a read-committed consumer can reach now. */
async function topicLag(
  admin: Admin,
  topic: string,
  committed: ReadonlyMap<number, bigint>,
): Promise<bigint> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { partition, high, low }) => {
    const from = committed.get(partition) ?? -1n;
    const start = from < BigInt(low) ? BigInt(low) : from;
    const behind = BigInt(high) - start;
    return behind > 0n ? sum + behind : sum;
  }, 0n);
}

/** Messages that `group` has not committed, transaction markers counted as messages; never committed counts from the start. */
export async function consumerLag(
  kafka: Kafka,
  prefix: string,
  group: string,
  topics: readonly string[],
): Promise<number> {
  const names = topics.map((topic) => topicName(prefix, topic));
  return withAdmin(kafka, async (admin) => {
    const offsets = await admin.fetchOffsets({ groupId: groupName(prefix, group), topics: names });
    const lags = await Promise.all(
      offsets.map(({ topic, partitions }) =>
        topicLag(admin, topic, new Map(partitions.map((p) => [p.partition, BigInt(p.offset)]))),
      ),
    );
    return Number(lags.reduce((sum, lag) => sum + lag, 0n));
  });
}
