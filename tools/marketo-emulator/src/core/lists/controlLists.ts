import { personOf } from '../controlEdits.ts';
import { ControlError } from '../controlError.ts';
import type { Instance } from '../instance.ts';
import type { StaticList } from './staticList.ts';
import { addMember, createList, removeMember } from './staticLists.ts';

const listsMax = 1000;

/** Makes a static list. Throws 400 for a name that is missing or taken, and beyond 1,000 lists. */
export function addList(instance: Instance, parts: Readonly<Record<string, unknown>>): StaticList {
  const { name, description, programName } = parts;
  if (typeof name !== 'string' || name === '') throw new ControlError(400, ['name expected']);
  if ([...instance.lists.values()].some((list) => list.name === name)) {
    throw new ControlError(400, [`list ${name} is there`]);
  }
  if (instance.lists.size >= listsMax) throw new ControlError(400, [`at most ${listsMax} lists`]);
  return createList(instance, {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof programName === 'string' ? { programName } : {}),
  });
}

/** Puts persons in and takes persons out as a marketer would; throws 404 for an unknown list or person. */
export function changeMembers(
  instance: Instance,
  id: number,
  { add, remove }: { readonly add: readonly number[]; readonly remove: readonly number[] },
): StaticList {
  const list = instance.lists.get(id);
  if (list === undefined) throw new ControlError(404, [`no list ${id}`]);
  for (const personId of [...add, ...remove]) personOf(instance, personId);
  for (const personId of add) addMember(instance, list, personId);
  for (const personId of remove) removeMember(instance, list, personId);
  return list;
}
