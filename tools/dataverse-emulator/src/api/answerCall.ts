import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { readAddress, requireId, type RowAddress } from '../core/rowAddress.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { answerMetadata } from '../metadata/answerMetadata.ts';
import { answerBatch } from './batch.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import type { OperationTarget } from './operation.ts';
import { operations } from './operations.ts';
import { readCollection, readCount } from './readCollection.ts';
import { noSegment, parsePath, type PathSegment } from './resourcePath.ts';
import { answerRowPart, type Place } from './rowParts.ts';
import { createOne, deleteOne, notAllowed, readOne, upsertOne } from './writeOne.ts';

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

function answerRow(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  address: RowAddress,
): Answer {
  if (call.method === 'PATCH') return upsertOne(state, call, table, address);
  const id = requireId(table, address);
  if (call.method === 'GET') return readOne(state, call, table, id);
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

/** What stands below a set. */
function answerSetPart(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  part: PathSegment,
): Answer {
  if (part.name.startsWith(namespace)) return answerOperation(state, call, part, { table, id: undefined });
  if (part.name === '$count') return readCount(state, call, { table });
  throw noSegment(part.name);
}

/** What stands below a row. */
function answerBelow(place: Place, part: PathSegment, tail: PathSegment | undefined): Answer {
  const { state, call, table, id } = place;
  if (part.name.startsWith(namespace) && !tail) return answerOperation(state, call, part, { table, id });
  return answerRowPart(place, part, tail);
}

/** Characters within the text of an alternate key on which GET and PATCH are documented to break (facts, section 3.3). */
const breaking = /[/<>*%&:\\?+]/;

function refuseBrokenKey({ method }: Call, key: string): void {
  const texts = key.match(/'(?:[^']|'')*'/g) ?? [];
  if ((method === 'GET' || method === 'PATCH') && texts.some((text) => breaking.test(text)))
    throw badRequest(errorCodes.unknownSegment, `Bad Request - Error in query syntax: '${key}'.`);
}

function answerData(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  [first, second, third, fourth]: readonly PathSegment[],
): Answer {
  if (fourth) throw noSegment(fourth.name);
  if (first?.key === undefined) {
    if (third) throw noSegment(third.name);
    return second ? answerSetPart(state, call, table, second) : answerSet(state, call, table);
  }
  refuseBrokenKey(call, first.key);
  const address = readAddress(state, table, first.key);
  if (!second) return answerRow(state, call, table, address);
  return answerBelow({ state, call, table, id: requireId(table, address) }, second, third);
}

/** Answers a call of a caller who was let in. Throws DataverseError for every refusal. */
export function answerCall(state: OrganizationState, call: Call): Answer {
  if (call.path === '') return serviceDocument(state, call);
  if (call.path === '$batch' && call.method === 'POST') return answerBatch(state, call, answerCall);
  const segments = parsePath(call.path);
  const [first] = segments;
  if (!first) throw noSegment(call.path);
  if (metadataRoots.has(first.name)) return answerMetadata(state, call);
  const table = state.tablesBySet.get(first.name);
  if (table) return answerData(state, call, table, segments);
  return answerOperation(state, call, first, { table: undefined, id: undefined });
}
