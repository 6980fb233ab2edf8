import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';

/** What kafkajs hands to an assigner besides its declared interface. */
type TopicMetadata = {
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
};

/** Partition numbers by topic, for each member in the order of the ids: the same number of every topic goes to the same member. */
export function coPartition(
  memberIds: readonly string[],
  partitions: ReadonlyMap<string, readonly number[]>,
): Map<string, Record<string, number[]>> {
  return new Map(
    memberIds.map((memberId, index) => {
      const own = [...partitions].map(
        ([topic, numbers]) =>
          [topic, numbers.filter((number) => number % memberIds.length === index)] as const,
      );
      return [memberId, Object.fromEntries(own.filter(([, numbers]) => numbers.length > 0))];
    }),
  );
}

const instanceOf = ({ memberMetadata }: GroupMember): string =>
  AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';

/** By process, whose members have another id in each group, so that groups of the same processes share partition numbers alike. */
export const inOrder = (members: readonly GroupMember[]): string[] =>
  members
    .map((member) => ({ memberId: member.memberId, place: `${instanceOf(member)}\n${member.memberId}` }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ memberId }) => memberId);

const version = 1;

/** One owner per key over all topics that share a key and a partition count (design section 2). */
export const createCoPartitionAssigner =
  (instanceId: string): PartitionAssigner =>
  ({ cluster }) => {
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
        const assigned = coPartition(inOrder(members), partitions);
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
        const userData = Buffer.from(instanceId);
        return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) };
      },
    };
  };
