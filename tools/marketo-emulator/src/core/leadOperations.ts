import { createLeadFields } from './createLeadFields.ts';
import { describeLeads, describeLeadsShort } from './describeLeads.ts';
import type { Instance } from './instance.ts';
import { browseLeadFields, leadFieldByName, updateLeadField } from './leadSchema.ts';
import { mergeLeads } from './mergeLeads.ts';
import type { Operation, OperationInput } from './operation.ts';
import { get, write } from './operation.ts';
import { movePersons } from './movePersons.ts';
import { idsOf, inputOf } from './parameters.ts';
import { partitionsOf } from './partitions.ts';
import { pushLeads } from './pushLeads.ts';
import { readLead, readLeads } from './readLeads.ts';
import { submitForm } from './submitForm.ts';
import { deleteLeads, syncLeads } from './syncLeads.ts';

const permission = 'Read-Write Lead';
const schemaPermission = 'Read-Write Schema Custom Field';

/** The endpoints of persons; literal paths before patterns. */
export const leadOperations: readonly Operation[] = [
  get('leads', 'Read-Only Lead', (instance, { parameters, user }) => readLeads(instance, parameters, user)),
  write('POST', 'leads', { permission }, sync),
  write('DELETE', 'leads', { permission, body: 'optional' }, remove),
  write('POST', 'leads/delete', { permission, body: 'optional' }, remove),
  write('POST', 'leads/push', { permission }, async (instance, { body, user, origin }) => ({
    result: await pushLeads(instance, body, user, origin),
  })),
  write('POST', 'leads/submitForm', { permission }, (instance, { body, user, origin }) => ({
    result: submitForm(instance, body, user, origin),
  })),
  write('POST', 'leads/(\\d+)/merge', { permission, body: 'none' }, merge),
  get('leads/partitions', 'Read-Only Lead', (instance, { user }) => ({
    result: partitionsOf(instance, user),
  })),
  write('POST', 'leads/partitions', { permission }, (instance, { body, user, origin }) => ({
    result: movePersons(instance, inputOf(body), user, origin),
  })),
  get('leads/describe', 'Read-Only Lead', (instance) => ({ result: describeLeads(instance) })),
  get('leads/describe2', 'Read-Only Lead', (instance) => ({ result: describeLeadsShort(instance) })),
  get('leads/schema/fields', schemaPermission, (instance, { parameters }) =>
    browseLeadFields(instance, parameters),
  ),
  write('POST', 'leads/schema/fields', { permission: schemaPermission }, (instance, { body }) =>
    createLeadFields(instance, body),
  ),
  get('leads/schema/fields/(\\w+)', schemaPermission, (instance, { pathParts }) =>
    leadFieldByName(instance, pathParts[0] ?? ''),
  ),
  write(
    'POST',
    'leads/schema/fields/(\\w+)',
    { permission: schemaPermission },
    (instance, { pathParts, body }) => updateLeadField(instance, pathParts[0] ?? '', body),
  ),
  get('lead/(\\d+)', 'Read-Only Lead', (instance, { parameters, pathParts, user }) =>
    readLead(instance, Number(pathParts[0]), parameters, user),
  ),
];

async function sync(instance: Instance, { body, user, origin }: OperationInput): Promise<object> {
  return { result: await syncLeads(instance, body, user, origin) };
}

function remove(instance: Instance, input: OperationInput): object {
  return { result: deleteLeads(instance, idsOf(input), input.user, input.origin) };
}

function merge(instance: Instance, { parameters, pathParts, user, origin }: OperationInput): object {
  return mergeLeads(instance, { winnerId: Number(pathParts[0]), parameters, user }, origin);
}
