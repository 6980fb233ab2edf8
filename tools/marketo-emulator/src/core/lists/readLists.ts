import type { ApiUser } from '../apiUsers.ts';
import { secondsText } from '../fieldValue.ts';
import { pageOfIds } from '../idPages.ts';
import type { Instance } from '../instance.ts';
import { listOf } from '../parameters.ts';
import type { LeadPage } from '../readLeads.ts';
import { fieldsOf, viewPersons } from '../readLeads.ts';
import type { StaticList } from './staticList.ts';

/** Get Lists: those that match every given filter. */
export function readLists(instance: Instance, parameters: URLSearchParams): object {
  const found = [...instance.lists.values()].filter((list) => matches(list, parameters));
  const { ids, more } = pageOfIds(
    'lists',
    found.map(({ id }) => id),
    parameters,
  );
  return { result: found.filter(({ id }) => ids.includes(id)).map(viewList), ...more };
}

/** A list as Get Lists shows it. */
export function viewList({ members: _members, createdAt, updatedAt, ...list }: StaticList): object {
  return { ...list, createdAt: secondsText(createdAt), updatedAt: secondsText(updatedAt) };
}

/** Get Leads by List Id: the members that a user may see, in id order; there is no limit to their number. */
export function readMembers(
  instance: Instance,
  list: StaticList,
  parameters: URLSearchParams,
  user: ApiUser,
): LeadPage {
  const fieldNames = fieldsOf(instance, parameters);
  const members = [...list.members.keys()].sort((left, right) => left - right);
  const { ids, more } = pageOfIds(`list${list.id}`, members, parameters);
  return { result: viewPersons(instance, user, ids, fieldNames), ...more };
}

/** Get Lists by Lead Id. */
export function readMemberships(instance: Instance, personId: number, parameters: URLSearchParams): object {
  const found = [...instance.lists.values()].filter(({ members }) => members.has(personId));
  const { ids, more } = pageOfIds(
    'memberships',
    found.map(({ id }) => id),
    parameters,
  );
  const result = ids.map((listId) => {
    const at = secondsText(instance.lists.get(listId)?.members.get(personId) ?? 0);
    return { listId, createdAt: at, updatedAt: at };
  });
  return { result, ...more };
}

function matches(list: StaticList, parameters: URLSearchParams): boolean {
  return (['id', 'name', 'programName', 'workspaceName'] as const).every((name) => {
    const wanted = listOf(parameters, name);
    return wanted.length === 0 || wanted.includes(String(list[name] ?? ''));
  });
}
