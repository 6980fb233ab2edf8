import { describeLeads, describeLeadsShort } from './describeLeads.ts';
import type { Instance } from './instance.ts';
import { mergeLeads } from './mergeLeads.ts';
import type { Operation, OperationInput } from './operation.ts';
import { get, write } from './operation.ts';
import { listOf } from './parameters.ts';
import { partOf } from './partOf.ts';
import { readLead, readLeads } from './readLeads.ts';
import { deleteLeads, inputOf, syncLeads } from './syncLeads.ts';

const permission = 'Read-Write Lead';

/** The endpoints of persons; literal paths before patterns. */
export const leadOperations: readonly Operation[] = [
  get('leads', 'Read-Only Lead', (instance, { parameters }) => readLeads(instance, parameters)),
  write('POST', 'leads', { permission }, sync),
  write('DELETE', 'leads', { permission, body: 'optional' }, remove),
  write('POST', 'leads/delete', { permission, body: 'optional' }, remove),
  write('POST', 'leads/(\\d+)/merge', { permission, body: 'none' }, merge),
  get('leads/describe', 'Read-Only Lead', (instance) => ({ result: describeLeads(instance) })),
  get('leads/describe2', 'Read-Only Lead', (instance) => ({ result: describeLeadsShort(instance) })),
  get('lead/(\\d+)', 'Read-Only Lead', (instance, { parameters, pathParts }) =>
    readLead(instance, Number(pathParts[0]), parameters),
  ),
];

async function sync(instance: Instance, { body, origin }: OperationInput): Promise<object> {
  return { result: await syncLeads(instance, body, origin) };
}

function remove(instance: Instance, { parameters, body, origin }: OperationInput): object {
  const queryIds = listOf(parameters, 'id');
  const bodyIds = (): unknown[] => inputOf(body).map((entry) => partOf(entry, 'id'));
  return { result: deleteLeads(instance, queryIds.length > 0 ? queryIds : bodyIds(), origin) };
}

function merge(instance: Instance, { parameters, pathParts, origin }: OperationInput): object {
  return mergeLeads(instance, Number(pathParts[0]), parameters, origin);
}
