import { ApiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { Instance } from './instance.ts';
import type { Origin } from './origin.ts';
import { partOf } from './partOf.ts';
import { partitionNamed, refuseClosed } from './partitions.ts';
import { updatePerson } from './persons.ts';
import { skipped, type RecordResult } from './recordResult.ts';
import { checkCount } from './parameters.ts';

/** Update Lead Partition: a result per record, in input order; that a good one says "updated" is inferred. */
export function movePersons(
  instance: Instance,
  input: readonly unknown[],
  user: ApiUser,
  origin: Origin,
): RecordResult[] {
  checkCount(input);
  return input.map((record) => {
    try {
      return movePerson(instance, record, user, origin);
    } catch (error) {
      if (error instanceof ApiError) return skipped(error.code, error.message);
      throw error;
    }
  });
}

function movePerson(instance: Instance, record: unknown, user: ApiUser, origin: Origin): RecordResult {
  const person = instance.persons.get(Number(partOf(record, 'id')));
  if (person === undefined) return skipped('1004', 'Lead not found');
  const refused = refuseClosed(instance, user, person);
  if (refused !== undefined) return skipped(refused.code, refused.message);
  const { id } = partitionNamed(instance, user, String(partOf(record, 'partitionName')));
  updatePerson(instance, person, { leadPartitionId: id }, origin);
  return { id: person.id, status: 'updated' };
}
