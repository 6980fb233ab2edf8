import type { Operation, OperationInput } from '../operation.ts';
import { get, write } from '../operation.ts';
import { idsOf } from '../parameters.ts';
import { addToList, forEachPerson, removeFromList, tellMembership } from './listMembers.ts';
import { readLists, readMembers, readMemberships, viewList } from './readLists.ts';
import { listOfId } from './staticLists.ts';

const writing = { permission: 'Read-Write Lead', body: 'optional' } as const;
const membersPath = 'lists/(\\d+)/leads';

/** The endpoints of static lists; ids of persons are in the query or in a body. */
export const listOperations: readonly Operation[] = [
  get('lists', 'Read-Only Lead', (instance, { parameters }) => readLists(instance, parameters)),
  get('lists/(\\d+)', 'Read-Only Lead', (instance, input) => ({
    result: [viewList(listOfId(instance, idIn(input)))],
  })),
  get(membersPath, 'Read-Only Lead', (instance, input) =>
    readMembers(instance, listOfId(instance, idIn(input)), input.parameters, input.user),
  ),
  write('POST', membersPath, writing, handling(addToList)),
  write('DELETE', membersPath, writing, handling(removeFromList)),
  { ...get(`${membersPath}/ismember`, 'Read-Only Lead', handling(tellMembership)), body: 'optional' },
  get('leads/(\\d+)/listMembership', 'Read-Only Asset', (instance, input) =>
    readMemberships(instance, idIn(input), input.parameters),
  ),
];

function handling(handle: Parameters<typeof forEachPerson>[2]): Operation['run'] {
  return (instance, input) => {
    const list = listOfId(instance, idIn(input));
    return { result: forEachPerson(instance, { list, ids: idsOf(input), user: input.user }, handle) };
  };
}

function idIn({ pathParts }: OperationInput): number {
  return Number(pathParts[0]);
}
