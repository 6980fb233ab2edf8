import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';
import type { LeaseClaim } from './leaseClaim.ts';

const name = 'LockstepLeaseAssigner';
const version = 1;
const holding = Buffer.from('holder');

/** The present holder keeps the lease, so that a standby that joins does not move it. */
export function chooseHolder(members: readonly GroupMember[]): string | undefined {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const holder = sorted.find(({ memberMetadata }) =>
    AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.equals(holding),
  );
  return (holder ?? sorted[0])?.memberId;
}

/** Gives partition 0 of the one topic to the holder, and nothing to the others. */
export const createLeaseAssigner =
  (claim: LeaseClaim): PartitionAssigner =>
  () => ({
    name,
    version,
    assign({ members, topics }) {
      const memberId = chooseHolder(members);
      if (memberId === undefined) return Promise.resolve([]);
      const memberAssignment = AssignerProtocol.MemberAssignment.encode({
        version,
        assignment: Object.fromEntries(topics.map((topic) => [topic, [0]])),
        userData: Buffer.alloc(0),
      });
      return Promise.resolve([{ memberId, memberAssignment }]);
    },
    protocol({ topics }) {
      claim.joining();
      const userData = claim.isHeld() ? holding : Buffer.alloc(0);
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) };
    },
  });
