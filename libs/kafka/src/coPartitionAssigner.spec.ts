import { AssignerProtocol } from 'kafkajs';
import { coPartition, inOrder } from './coPartitionAssigner.ts';
import { chooseHolder, toldBy } from './leaseAssigner.ts';

const member = (memberId: string, userData: string) => ({
  memberId,
  memberMetadata: AssignerProtocol.MemberMetadata.encode({
    version: 1,
    topics: ['lockstep.control'],
    userData: Buffer.from(userData),
  }),
});

describe('the assigner of partitions', () => {
  const partitions = new Map([
    ['inbox', [0, 1, 2, 3, 4, 5]],
    ['backfill', [0, 1, 2, 3, 4, 5]],
    ['outcomes', [0, 1, 2]],
  ]);

  it('gives a partition number of every topic to the same member, and each to one', () => {
    const assigned = coPartition(['a', 'b', 'c', 'd'], partitions);

    expect([...assigned.keys()]).toEqual(['a', 'b', 'c', 'd']);
    for (const own of assigned.values()) expect(own['inbox'] ?? []).toEqual(own['backfill'] ?? []);
    const all = [...assigned.values()].flatMap((own) => own['inbox'] ?? []);
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(assigned.get('c')?.['outcomes']).toEqual([2]);
    expect(assigned.get('d')).not.toHaveProperty('outcomes');
  });

  it('has the processes of two groups in the same order, whatever the ids of their members', () => {
    const live = [member('b', 'reconciler-2'), member('a', 'reconciler-1')];
    const backfill = [member('c', 'reconciler-2'), member('d', 'reconciler-1')];

    expect([inOrder(live), inOrder(backfill)]).toEqual([
      ['a', 'b'],
      ['d', 'c'],
    ]);
    expect(inOrder([member('b', ''), member('a', '')])).toEqual(['a', 'b']);
  });
});

describe('the assigner of leases', () => {
  it('keeps the holder whoever joins', () => {
    expect(chooseHolder([member('a', ''), member('b', 'holder'), member('c', '')])).toBe('b');
  });

  it('keeps the holder that says more of itself', () => {
    expect(chooseHolder([member('a', '\nlead'), member('b', 'holder\nlead,contact')])).toBe('b');
  });

  // The broker shows nothing of the members while a group chooses, as after a kill: a process that started then ended at once.
  it('knows nothing of a member whose group is choosing', () => {
    expect(toldBy(Buffer.alloc(0))).toBeNull();
  });

  it('chooses one when nobody holds', () => {
    expect(chooseHolder([member('b', ''), member('a', '')])).toBe('a');
  });
});
