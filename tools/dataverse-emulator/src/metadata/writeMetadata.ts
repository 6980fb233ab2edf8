import { emptyAnswer, type Answer, type Call } from '../api/call.ts';
import { addColumns, removeColumn, replaceColumn, requireColumn } from '../core/changeColumns.ts';
import { addKey, removeKey } from '../core/changeKeys.ts';
import { putTable, removeTable } from '../core/changeTables.ts';
import type { ColumnDefinition } from '../core/columnDefinition.ts';
import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { badBody, columnsFromBody, schemaNameOf, type Body } from './columnsFromBody.ts';
import { customTable } from './customTable.ts';
import { addRelationship, changeRelationship } from './customRelationship.ts';
import { placeOf } from './readMetadata.ts';

function bodyOf(call: Call): Body {
  try {
    const body: unknown = JSON.parse(call.body);
    if (typeof body === 'object' && body !== null) return body as Body;
  } catch {
    throw badBody('The body is not JSON.');
  }
  throw badBody('The body is not a JSON object.');
}

function notAllowed(call: Call): DataverseError {
  return new DataverseError(
    405,
    errorCodes.notSupported,
    `Metadata does not support ${call.method} on '${call.path}'.`,
  );
}

/** The logical name of what a path leads to. */
function nameAt(state: OrganizationState, path: string, member = 'LogicalName'): string {
  const place = placeOf(state, path);
  if (place.kind !== 'one') throw badBody(`'${path}' is not one object.`);
  return String(place.node.json[member]);
}

function tableAt(state: OrganizationState, path: string): TableDefinition {
  const table = state.tables.get(nameAt(state, path));
  if (!table) throw badBody(`'${path}' is not a table.`);
  return table;
}

function created(call: Call, path: string): Answer {
  return emptyAnswer(204, { 'odata-entityid': `${call.base}/${path}` });
}

function createTable(state: OrganizationState, call: Call): Answer {
  const table = customTable(state, bodyOf(call));
  putTable(state, table);
  return created(call, `EntityDefinitions(${userId(`table/${table.name}`)})`);
}

function createAttribute(state: OrganizationState, call: Call, path: string): Answer {
  const table = tableAt(state, path);
  const columns = columnsFromBody(table, bodyOf(call));
  addColumns(state, table, columns);
  const id = userId(`column/${table.name}/${columns[0]?.name ?? ''}`);
  return created(call, `${path}/Attributes(${id})`);
}

function createKey(state: OrganizationState, call: Call, path: string): Answer {
  const body = bodyOf(call);
  const columns = body['KeyAttributes'];
  if (!Array.isArray(columns)) throw badBody('A key needs KeyAttributes.');
  const table = tableAt(state, path);
  addKey(state, table, schemaNameOf(body), columns.map(String));
  return created(call, `${path}/Keys(LogicalName='${schemaNameOf(body).toLowerCase()}')`);
}

/** Tracking can be switched on and never off (facts, section 1.1). */
function updateTable(state: OrganizationState, call: Call, path: string): Answer {
  const table = tableAt(state, path);
  const isTracked = bodyOf(call)['ChangeTrackingEnabled'];
  if (isTracked === false && table.changeTracking)
    throw badBody(`Change tracking of '${table.name}' cannot be switched off.`);
  if (isTracked === true) putTable(state, { ...table, changeTracking: true });
  return emptyAnswer(204);
}

function updated(column: ColumnDefinition, body: Body): ColumnDefinition {
  const { IsSecured: isSecured, MaxLength: maxLength } = body;
  return {
    ...column,
    ...(typeof isSecured === 'boolean' ? { isSecured } : {}),
    ...(typeof maxLength === 'number' && column.maxLength !== undefined ? { maxLength } : {}),
  };
}

function splitAttribute(path: string): { readonly table: string; readonly attribute: string } | undefined {
  const [, table = '', attribute = ''] = /^(.+)\/(Attributes\(.+)$/.exec(path) ?? [];
  return table === '' ? undefined : { table, attribute };
}

function changeAttribute(state: OrganizationState, call: Call, tablePath: string): Answer {
  const table = tableAt(state, tablePath);
  const name = nameAt(state, call.path);
  if (call.method === 'DELETE') removeColumn(state, table, name);
  else replaceColumn(state, table, updated(requireColumn(table, name), bodyOf(call)));
  return emptyAnswer(204);
}

function create(state: OrganizationState, call: Call): Answer {
  if (call.path === 'EntityDefinitions') return createTable(state, call);
  if (call.path === 'RelationshipDefinitions') {
    const id = addRelationship(state, bodyOf(call));
    return created(call, `RelationshipDefinitions(${id})`);
  }
  const [, path = '', part] = /^(EntityDefinitions\(.+\))\/(Attributes|Keys)$/.exec(call.path) ?? [];
  if (part === 'Attributes') return createAttribute(state, call, path);
  if (part === 'Keys') return createKey(state, call, path);
  throw notAllowed(call);
}

function updateRelationship(state: OrganizationState, call: Call): Answer {
  changeRelationship(state, nameAt(state, call.path, 'SchemaName'), bodyOf(call));
  return emptyAnswer(204);
}

function dropTable(state: OrganizationState, call: Call): Answer {
  const table = tableAt(state, call.path);
  if (!table.isCustom) throw badBody(`The table '${table.name}' is not a custom one and cannot be deleted.`);
  removeTable(state, table);
  return emptyAnswer(204);
}

function dropKey(state: OrganizationState, call: Call): Answer {
  const path = call.path.slice(0, call.path.indexOf('/Keys('));
  removeKey(state, tableAt(state, path), nameAt(state, call.path));
  return emptyAnswer(204);
}

/** POST, PUT, PATCH and DELETE of definitions: tables, attributes, relationships, keys. */
export function writeMetadata(state: OrganizationState, call: Call): Answer {
  if (call.method === 'POST') return create(state, call);
  const attribute = splitAttribute(call.path);
  if (attribute) return changeAttribute(state, call, attribute.table);
  if (/^RelationshipDefinitions\(/.test(call.path) && call.method === 'PUT')
    return updateRelationship(state, call);
  if (!/^EntityDefinitions\(/.test(call.path)) throw notAllowed(call);
  if (call.method !== 'DELETE') return updateTable(state, call, call.path);
  return call.path.includes('/Keys(') ? dropKey(state, call) : dropTable(state, call);
}
