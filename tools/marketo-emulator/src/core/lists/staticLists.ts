import { logMembership } from '../personActivities.ts';
import { apiError } from '../apiError.ts';
import type { Instance } from '../instance.ts';
import type { StaticList } from './staticList.ts';

/** What a caller says about a list to make. */
export type NewList = Pick<StaticList, 'name' | 'description' | 'programName'>;

const firstListId = 1000;

/** Makes an empty list. */
export function createList(instance: Instance, list: NewList): StaticList {
  const at = instance.now();
  const id = firstListId + instance.lists.size + 1;
  const fresh = { ...list, id, workspaceName: 'Default', createdAt: at, updatedAt: at, members: new Map() };
  instance.lists.set(id, fresh);
  return fresh;
}

/** The list of an id; throws 1013. */
export function listOfId({ lists }: Instance, id: number): StaticList {
  const list = lists.get(id);
  if (list === undefined) throw apiError('1013', `List '${id}' not found`);
  return list;
}

/** Puts a person in and logs it; a member stays as it is (inferred). */
export function addMember(instance: Instance, list: StaticList, personId: number): void {
  if (list.members.has(personId)) return;
  list.updatedAt = instance.now();
  list.members.set(personId, list.updatedAt);
  logMembership(instance, { kind: 'addToList', list, personId, at: list.updatedAt });
}

/** Takes a member out and logs it; answers whether it was one. */
export function removeMember(instance: Instance, list: StaticList, personId: number): boolean {
  if (!list.members.delete(personId)) return false;
  list.updatedAt = instance.now();
  logMembership(instance, { kind: 'removeFromList', list, personId, at: list.updatedAt });
  return true;
}

/** A person that is gone is in no list any more; nothing is logged. */
export function leaveLists({ lists }: Instance, personId: number): void {
  for (const { members } of lists.values()) members.delete(personId);
}

/** The memberships of a merged person become the winner's (facts 2.5); nothing is logged (inferred). */
export function moveMemberships(
  { lists }: Instance,
  { loserId, winnerId }: { readonly loserId: number; readonly winnerId: number },
): void {
  for (const { members } of lists.values()) {
    const at = members.get(loserId);
    if (at !== undefined && !members.has(winnerId)) members.set(winnerId, at);
  }
}
