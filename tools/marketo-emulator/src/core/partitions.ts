import { apiError, type Reason } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { Instance, Person } from './instance.ts';
import type { Partition } from './partition.ts';

/** Whether a user may see and change a person. */
export function isOpenTo({ partitions }: ApiUser, person: Person): boolean {
  return partitions === 'all' || partitions.has(partitionIdOf(person));
}

/** The partitions of a user, in id order. */
export function partitionsOf({ partitions }: Instance, user: ApiUser): readonly Partition[] {
  return partitions.filter(({ id }) => user.partitions === 'all' || user.partitions.has(id));
}

/** The partition of a name, for a user; throws 1008 for one that it may not use or that is not there (the latter is inferred). */
export function partitionNamed(instance: Instance, user: ApiUser, name: string): Partition {
  const partition = partitionsOf(instance, user).find((one) => one.name === name);
  if (partition === undefined) throw apiError('1008', `Access denied to partition '${name}'`);
  return partition;
}

/** Why a user may not change a person, if so. */
export function refuseClosed(instance: Instance, user: ApiUser, person: Person): Reason | undefined {
  if (isOpenTo(user, person)) return undefined;
  const name = instance.partitions.find(({ id }) => id === partitionIdOf(person))?.name ?? '';
  return { code: '1008', message: `Access denied to partition '${name}'` };
}

/** The partition that a person is in. */
export function partitionIdOf(person: Person): number {
  return Number(person.fields['leadPartitionId']);
}
