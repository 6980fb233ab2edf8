import type { FastifyInstance } from 'fastify';
import { ControlError } from '../core/controlError.ts';
import type { Instance } from '../core/instance.ts';
import { addList, changeMembers } from '../core/lists/controlLists.ts';
import type { StaticList } from '../core/lists/staticList.ts';
import { bodyOf } from './controlBody.ts';

/** Control calls on static lists and their members. */
export function addListControlRoutes(control: FastifyInstance, instance: Instance): void {
  control.get('/lists', () => Promise.resolve({ lists: [...instance.lists.values()].map(describeList) }));
  control.post('/lists', (request) => Promise.resolve(describeList(addList(instance, bodyOf(request.body)))));
  control.post<{ Params: { id: string } }>('/lists/:id/members', (request) => {
    const { add, remove } = bodyOf(request.body);
    const change = { add: idsIn(add), remove: idsIn(remove) };
    return Promise.resolve(describeList(changeMembers(instance, Number(request.params.id), change)));
  });
}

function describeList({ id, name, members }: StaticList): object {
  return { id, name, members: [...members.keys()] };
}

function idsIn(value: unknown = []): number[] {
  if (!Array.isArray(value)) throw new ControlError(400, ['add and remove must be arrays of ids']);
  return value.map(Number);
}
