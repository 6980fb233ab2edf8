import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';
import type { LeaseClaim } from './leaseClaim.ts';

const name = 'LockstepLeaseAssigner';
const version = 1;
const holding = 'holder';
const separator = '\n';

/** What the others of the group are told of a member: whether it holds, and its note. */
const tellGroup = (isHeld: boolean, note: string): Buffer =>
  Buffer.from([isHeld ? holding : '', note].join(separator));

type Told = { readonly holds: boolean; readonly note: string };

/** What a member told the group when it joined; null when the broker does not show it. */
export function toldBy(memberMetadata: Buffer): Told | null {
  if (memberMetadata.length === 0) return null;
  const userData = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData;
  if (userData === undefined) return null;
  const [word, ...note] = userData.toString().split(separator);

  return { holds: word === holding, note: note.join(separator) };
}

/** The present holder keeps the lease, so that a standby that joins does not move it. */
export function chooseHolder(members: readonly GroupMember[]): string | undefined {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const holder = sorted.find(({ memberMetadata }) => toldBy(memberMetadata)?.holds);
  return (holder ?? sorted[0])?.memberId;
}

/** Gives partition 0 of the one topic to the holder, and nothing to the others; `note` is shown to whoever describes the group. */
export const createLeaseAssigner =
  (claim: LeaseClaim, note = ''): PartitionAssigner =>
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
      const userData = tellGroup(claim.isHeld(), note);
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) };
    },
  });
