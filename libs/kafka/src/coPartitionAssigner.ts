import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

/** What kafkajs hands to an assigner besides its declared interface. */
type TopicMetadata = {
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
};

/** Partition numbers by topic, for each member in the order of the ids: the same number of every topic goes to the same member. */
export function coPartition(
  memberIds: readonly string[],
  partitions: ReadonlyMap<string, readonly number[]>,
): Map<string, Record<string, number[]>> {
  const sorted = [...memberIds].sort();
  return new Map(
    sorted.map((memberId, index) => {
      const own = [...partitions].map(
        ([topic, numbers]) => [topic, numbers.filter((number) => number % sorted.length === index)] as const,
      );
      return [memberId, Object.fromEntries(own.filter(([, numbers]) => numbers.length > 0))];
    }),
  );
}

const version = 1;

/** One owner per key over all topics that share a key and a partition count (design section 2). */
export const coPartitionAssigner: PartitionAssigner = ({ cluster }) => {
  const metadata = cluster as unknown as TopicMetadata;
  const name = 'LockstepCoPartitionAssigner';
  return {
    name,
    version,
    assign({ members, topics }) {
      const partitions = new Map(
        topics.map((topic) => [
          topic,
          metadata.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
        ]),
      );
      const assigned = coPartition(
        members.map(({ memberId }) => memberId),
        partitions,
      );
      return Promise.resolve(
        [...assigned].map(([memberId, assignment]) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version,
            assignment,
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
    protocol({ topics }) {
      const userData = Buffer.alloc(0);
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) };
    },
  };
};
