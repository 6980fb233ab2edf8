import { SyncError } from '@lockstep/change-events';
import type { Admin, Kafka } from 'kafkajs';
import { groupName, plainTopic } from './names.ts';
import { withAdmin } from './withAdmin.ts';

export type RewindSettings = {
  readonly kafka: Kafka;
  readonly prefix: string;
  /** Without prefix; nobody may be in them. */
  readonly groups: readonly string[];
  readonly toMs: number;
};

/** How many messages of a topic, without prefix, a group reads again; transaction markers count. */
export type Rewound = { readonly group: string; readonly topic: string; readonly messages: number };

/**
 * Moves the places of groups back to what was written since a time, topic by topic; a place that lies before it stays. Takes some
 * five seconds for each topic. Throws GROUP_IN_USE before anything is moved.
 */
export function rewindGroups(
  { kafka, prefix, groups, toMs }: RewindSettings,
  onRewound: (rewound: Rewound) => void,
): Promise<void> {
  return withAdmin(kafka, async (admin) => {
    await assertEmpty(admin, prefix, groups);
    for (const group of groups) {
      const groupId = groupName(prefix, group);
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        const messages = await rewindTopic(admin, { groupId, topic, partitions, toMs });
        onRewound({ group, topic: plainTopic(prefix, topic), messages });
      }
    }
  });
}

async function assertEmpty(admin: Admin, prefix: string, groups: readonly string[]): Promise<void> {
  const described = await admin.describeGroups(groups.map((group) => groupName(prefix, group)));
  const busy = described.groups.find(({ members }) => members.length > 0);
  if (busy) throw new SyncError('GROUP_IN_USE', { group: busy.groupId });
}

type Place = { readonly partition: number; readonly offset: string };

type TopicPlaces = {
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: readonly Place[];
  readonly toMs: number;
};

async function rewindTopic(admin: Admin, { groupId, topic, partitions, toMs }: TopicPlaces): Promise<number> {
  const since = await admin.fetchTopicOffsetsByTimestamp(topic, toMs);
  const starts = new Map(since.map(({ partition, offset }) => [partition, BigInt(offset)]));
  const moved = partitions.flatMap(({ partition, offset }) => {
    const [start, place] = [starts.get(partition), BigInt(offset)];
    return start !== undefined && start < place ? [{ partition, start, place }] : [];
  });
  if (moved.length === 0) return 0;
  const places = moved.map(({ partition, start }) => ({ partition, offset: String(start) }));
  await admin.setOffsets({ groupId, topic, partitions: places });

  return Number(moved.reduce((sum, { start, place }) => sum + place - start, 0n));
}
