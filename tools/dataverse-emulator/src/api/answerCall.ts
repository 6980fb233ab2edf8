import { badRequest, DataverseError, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { isGuid } from '../core/readValue.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { readMetadata } from '../metadata/readMetadata.ts';
import { answerBatch } from './batch.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import { operations, type OperationTarget } from './operations.ts';
import { readCollection, readCount } from './readCollection.ts';
import { noSegment, parsePath, type PathSegment } from './resourcePath.ts';
import { createOne, deleteOne, readOne, upsertOne } from './writeOne.ts';

const namespace = 'Microsoft.Dynamics.CRM.';
const metadataRoots = new Set([
  '$metadata',
  'EntityDefinitions',
  'RelationshipDefinitions',
  'GlobalOptionSetDefinitions',
]);

function serviceDocument(state: OrganizationState, call: Call): Answer {
  const sets = [...state.tables.values()].map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return jsonAnswer(200, JSON.stringify({ '@odata.context': `${call.base}/$metadata`, value: sets }));
}

function notAllowed(call: Call): DataverseError {
  return new DataverseError(
    405,
    errorCodes.notSupported,
    `The requested resource does not support http method '${call.method}'.`,
  );
}

function answerRow(state: OrganizationState, call: Call, table: TableDefinition, id: string): Answer {
  if (call.method === 'GET') return readOne(state, call, table, id);
  if (call.method === 'PATCH') return upsertOne(state, call, table, id);
  if (call.method === 'DELETE') return deleteOne(state, call, table, id);
  throw notAllowed(call);
}

function answerSet(state: OrganizationState, call: Call, table: TableDefinition): Answer {
  if (call.method === 'GET') return readCollection(state, call, table);
  if (call.method === 'POST') return createOne(state, call, table);
  throw notAllowed(call);
}

function answerOperation(
  state: OrganizationState,
  call: Call,
  segment: PathSegment,
  bound: Pick<OperationTarget, 'table' | 'id'>,
): Answer {
  const operation = operations.get(segment.name.replace(namespace, ''));
  const binding = bound.table ? (bound.id === undefined ? 'set' : 'row') : 'none';
  if (operation?.binding !== binding) throw noSegment(segment.name);
  if (operation.method !== call.method) throw notAllowed(call);
  return operation.answer(state, call, { ...bound, parameters: segment.key });
}

function idOf(key: string): string {
  if (!isGuid(key))
    throw badRequest('0x80060890', 'The emulator has no alternate keys; address rows by their id.');
  return key.toLowerCase();
}

/** What stands below a set or a row. */
function answerPart(
  state: OrganizationState,
  call: Call,
  bound: { readonly table: TableDefinition; readonly id: string | undefined },
  part: PathSegment,
): Answer {
  if (part.name.startsWith(namespace)) return answerOperation(state, call, part, bound);
  if (part.name === '$count' && bound.id === undefined) return readCount(state, call, bound.table);
  throw noSegment(part.name);
}

function answerData(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  [first, second, third]: readonly PathSegment[],
): Answer {
  if (third) throw noSegment(third.name);
  const id = first?.key === undefined ? undefined : idOf(first.key);
  if (second) return answerPart(state, call, { table, id }, second);
  return id === undefined ? answerSet(state, call, table) : answerRow(state, call, table, id);
}

/** Answers a call of a caller who was let in. Throws DataverseError for every refusal. */
export function answerCall(state: OrganizationState, call: Call): Answer {
  if (call.path === '') return serviceDocument(state, call);
  if (call.path === '$batch' && call.method === 'POST') return answerBatch(state, call, answerCall);
  const segments = parsePath(call.path);
  const [first] = segments;
  if (!first) throw noSegment(call.path);
  if (metadataRoots.has(first.name)) return readMetadata(state, call);
  const table = state.tablesBySet.get(first.name);
  if (table) return answerData(state, call, table, segments);
  return answerOperation(state, call, first, { table: undefined, id: undefined });
}
