import { apiError, type Reason } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { FieldValue } from './fieldValue.ts';
import type { Instance, Person } from './instance.ts';
import { partOf } from './partOf.ts';
import type { Partition } from './partition.ts';
import { defaultPartition } from './partition.ts';
import { partitionIdOf, partitionNamed, refuseClosed } from './partitions.ts';
import type { SyncAction } from './syncAction.ts';

/** Which partitions a sync call writes to. */
export interface PartitionScope {
  readonly user: ApiUser;
  /** What the call names; without a name new persons go to the default partition. */
  readonly named: Partition | undefined;
}

const actionsWithPartition: ReadonlySet<SyncAction> = new Set<SyncAction>(['createOnly', 'createOrUpdate']);

/** Reads `partitionName` of a call. Throws 1003 beside an action that does not take one (the code is inferred), and 1008. */
export function scopeOf(
  instance: Instance,
  body: unknown,
  user: ApiUser,
  action: SyncAction,
): PartitionScope {
  const name = partOf(body, 'partitionName');
  if (typeof name !== 'string' || name === '') return { user, named: undefined };
  if (!actionsWithPartition.has(action)) {
    throw apiError('1003', `Parameter 'partitionName' is not allowed with action '${action}'`);
  }
  return { user, named: partitionNamed(instance, user, name) };
}

/** Whether a call may find a person by its key: any, unless the partition is part of the key (custom dedupe rules). */
export function isInScope(
  instance: Instance,
  { action, scope }: { readonly action: SyncAction; readonly scope: PartitionScope },
  id: number,
): boolean {
  if (!instance.settings.dedupeByPartition || !actionsWithPartition.has(action)) return true;
  const person = instance.persons.get(id);
  return person !== undefined && partitionIdOf(person) === (scope.named ?? defaultPartition).id;
}

/** Why a call may not write to a person, or with undefined create one: 1008, 1010, 1009 (when the last comes is inferred). */
export function refuseScope(
  instance: Instance,
  { user, named }: PartitionScope,
  person: Person | undefined,
): Reason | undefined {
  if (person === undefined) {
    const hasPlace =
      named !== undefined || user.partitions === 'all' || user.partitions.has(defaultPartition.id);
    return hasPlace ? undefined : { code: '1009', message: 'Partition name must be specified' };
  }
  const isElsewhere = named !== undefined && named.id !== partitionIdOf(person);
  const moved = isElsewhere ? { code: '1010', message: 'Partition update not allowed' } : undefined;
  return refuseClosed(instance, user, person) ?? moved;
}

/** What puts a new person into the partition that the call names. */
export function placeIn({ named }: PartitionScope): Readonly<Record<string, FieldValue>> {
  return named === undefined ? {} : { leadPartitionId: named.id };
}
