import { badRequest, DataverseError, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { isGuid } from '../core/readValue.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import { readMetadata } from './metadata.ts';
import { readCollection, readCount } from './readCollection.ts';
import { createOne, deleteOne, readOne, upsertOne } from './writeOne.ts';

const segment = /^(\w+)(?:\(([^)]*)\))?(\/.+)?$/;

function serviceDocument(state: OrganizationState, call: Call): Answer {
  const sets = [...state.tables.values()].map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return jsonAnswer(200, JSON.stringify({ '@odata.context': `${call.base}/$metadata`, value: sets }));
}

function whoAmI(state: OrganizationState, call: Call): Answer {
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: state.identity.businessUnitId,
    UserId: state.application.id,
    OrganizationId: state.identity.organizationId,
  };
  return jsonAnswer(200, JSON.stringify(body));
}

function notAllowed(call: Call): DataverseError {
  return new DataverseError(
    405,
    errorCodes.notSupported,
    `The requested resource does not support http method '${call.method}'.`,
  );
}

function answerRow(state: OrganizationState, call: Call, table: TableDefinition, key: string): Answer {
  if (!isGuid(key))
    throw badRequest('0x80060890', 'The emulator has no alternate keys; address rows by their id.');
  const id = key.toLowerCase();
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

function noSegment(name: string | undefined): DataverseError {
  return new DataverseError(404, errorCodes.unknownSegment, `Resource not found for the segment '${name}'.`);
}

function answerData(state: OrganizationState, call: Call): Answer {
  const [, set = '', key, rest] = segment.exec(call.path) ?? [];
  const table = state.tablesBySet.get(set);
  if (!table) throw noSegment(call.path);
  if (rest === '/$count') return readCount(state, call, table);
  if (rest !== undefined) throw noSegment(rest);
  return key === undefined ? answerSet(state, call, table) : answerRow(state, call, table, key);
}

/** Answers a call of a caller who was let in. Throws DataverseError for every refusal. */
export function answerCall(state: OrganizationState, call: Call): Answer {
  if (call.path === '') return serviceDocument(state, call);
  if (call.path === 'WhoAmI' || call.path === 'WhoAmI()') return whoAmI(state, call);
  if (call.path.startsWith('EntityDefinitions')) return readMetadata(state, call);
  return answerData(state, call);
}
