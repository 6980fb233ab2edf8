import { apiError, type Reason } from '../apiError.ts';
import type { ApiUser } from '../apiUsers.ts';
import type { Instance } from '../instance.ts';
import { checkCount } from '../parameters.ts';
import { refuseClosed } from '../partitions.ts';
import type { StaticList } from './staticList.ts';
import { addMember, removeMember } from './staticLists.ts';

/** Outcome for one id; skipped entries of these calls name their id. */
export type MemberResult =
  | { readonly id: number; readonly status: 'added' | 'removed' | 'memberof' | 'notmemberof' }
  | { readonly id: number; readonly status: 'skipped'; readonly reasons: readonly Reason[] };

type Handle = (instance: Instance, list: StaticList, personId: number) => MemberResult;

/** Add to List. */
export const addToList: Handle = (instance, list, id) => {
  addMember(instance, list, id);
  return { id, status: 'added' };
};

/** Remove from List: 1015 for a person that is not in it. */
export const removeFromList: Handle = (instance, list, id) =>
  removeMember(instance, list, id)
    ? { id, status: 'removed' }
    : skipped(id, { code: '1015', message: 'Lead not in list' });

/** Member of List. */
export const tellMembership: Handle = (_instance, { members }, id) => ({
  id,
  status: members.has(id) ? 'memberof' : 'notmemberof',
});

/** One result per id, in order; unknown persons are skipped with 1004, closed ones with 1008. Throws 1003 for more than 300. */
export function forEachPerson(
  instance: Instance,
  {
    list,
    ids,
    user,
  }: { readonly list: StaticList; readonly ids: readonly unknown[]; readonly user: ApiUser },
  handle: Handle,
): MemberResult[] {
  checkCount(ids);
  return ids.map((raw) => {
    const id = Number(raw);
    if (!Number.isInteger(id))
      throw apiError('1001', `Invalid value '${String(raw)}'. Required of type 'Integer'`);
    const person = instance.persons.get(id);
    if (person === undefined) return skipped(id, { code: '1004', message: 'Lead not found' });
    const refused = refuseClosed(instance, user, person);
    return refused === undefined ? handle(instance, list, id) : skipped(id, refused);
  });
}

function skipped(id: number, reason: Reason): MemberResult {
  return { id, status: 'skipped', reasons: [reason] };
}
