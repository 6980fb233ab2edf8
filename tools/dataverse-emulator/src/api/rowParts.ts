import { associate, disassociate } from '../core/associate.ts';
import { findCollection, type Collection } from '../core/collections.ts';
import type { ColumnDefinition, Row } from '../core/columnDefinition.ts';
import { referredRow, requireNavigation } from '../core/compileFilter.ts';
import { badRequest, errorCodes, rowMissing } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireReference } from '../core/readFields.ts';
import { readAddress, requireId } from '../core/rowAddress.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { updateRow } from '../core/writeRow.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from './call.ts';
import { requirePrivilege, requireRowRead } from './privileges.ts';
import { readCount, readRelated } from './readCollection.ts';
import { noSegment, type PathSegment } from './resourcePath.ts';
import { rowMembers, rowStyle } from './rowText.ts';
import { bodyOf, notAllowed, readOne } from './writeOne.ts';

/** A row that an address goes below. */
export interface Place {
  readonly state: OrganizationState;
  readonly call: Call;
  readonly table: TableDefinition;
  readonly id: string;
}

function requireRow({ state, table, id }: Place): Row {
  requirePrivilege(state, 'Read', table);
  const row = state.store.row(table.name, id);
  if (!row) throw rowMissing(table.name, id);
  requireRowRead(state, table, row);
  return row;
}

function update({ state, table, id }: Place, body: Readonly<Record<string, unknown>>): Answer {
  requirePrivilege(state, 'Write', table);
  updateRow(state, { table, body, actor: state.application, isPrivileged: false }, id);
  return emptyAnswer(204);
}

function readColumn(place: Place, column: ColumnDefinition, isRaw: boolean): Answer {
  const { call, state, table, id } = place;
  const row = requireRow(place);
  const style = rowStyle(state, table, column.property, undefined);
  const members = JSON.parse(`{${rowMembers(style, row)}}`) as Record<string, unknown>;
  if ((members[column.property] ?? null) === null) return emptyAnswer(204);
  if (isRaw)
    return { ...emptyAnswer(200, { 'content-type': 'text/plain' }), body: String(row[column.property]) };
  const print =
    column.scale === undefined ? JSON.stringify(row[column.property]) : String(row[column.property]);
  const context = JSON.stringify(`${call.base}/$metadata#${table.set}(${id})/${column.property}`);
  return jsonAnswer(200, `{"@odata.context":${context},"value":${print}}`);
}

function answerColumn(place: Place, column: ColumnDefinition, tail: PathSegment | undefined): Answer {
  const { call } = place;
  if (tail && tail.name !== '$value') throw noSegment(tail.name);
  if (call.method === 'GET') return readColumn(place, column, tail !== undefined);
  if (call.method === 'DELETE') return update(place, { [column.property]: null });
  if (call.method !== 'PUT') throw notAllowed(call);
  const { value } = tail ? { value: call.body } : bodyOf(call);
  if (value === undefined) throw badRequest(errorCodes.undeclaredProperty, "The body has no 'value'.");
  return update(place, { [column.property]: value });
}

function idInBody(call: Call): unknown {
  const id = bodyOf(call)['@odata.id'];
  if (typeof id !== 'string') throw badRequest(errorCodes.undeclaredProperty, "The body has no '@odata.id'.");
  return id;
}

function readNavigation(place: Place, navigation: string, isReference: boolean): Answer {
  const { state, call, table } = place;
  const { column, targets } = requireNavigation(state, table, navigation);
  const row = requireRow(place);
  const target = targets.find((each) => referredRow(state, row, column, each));
  const referred = target && referredRow(state, row, column, target);
  if (!referred) return emptyAnswer(204);
  const id = String(referred[target.key]);
  if (!isReference) return readOne(state, call, target, id);
  const context = `${call.base}/$metadata#$ref`;
  const body = { '@odata.context': context, '@odata.id': `${call.base}/${target.set}(${id})` };
  return jsonAnswer(200, JSON.stringify(body));
}

function answerNavigation(place: Place, navigation: string, isReference: boolean): Answer {
  const { call } = place;
  if (call.method === 'GET') return readNavigation(place, navigation, isReference);
  if (!isReference) throw notAllowed(call);
  const member = `${navigation}@odata.bind`;
  if (call.method === 'PUT') return update(place, { [member]: idInBody(call) });
  if (call.method === 'DELETE') return update(place, { [member]: null });
  throw notAllowed(call);
}

function readRows(place: Place, { rows, table }: Collection, tail: PathSegment | undefined): Answer {
  requireRow(place);
  const ids = [...rows(place.id)].map((row) => String(row[table.key]));
  if (tail?.name === '$count') return readCount(place.state, place.call, { table, ids });
  return readRelated(place.state, place.call, { table, ids, isReference: tail !== undefined });
}

/** Relates or unrelates another row: by the lookup of its own, or by a row between both. */
function relate(place: Place, collection: Collection, farId: string, isRelated: boolean): Answer {
  const { state, table, id } = place;
  requirePrivilege(state, 'Write', table);
  const { manyToMany: relation, lookup } = collection;
  if (relation) {
    const change = isRelated ? associate : disassociate;
    change(state, state.application, { relation, nearId: id, farId });
    return emptyAnswer(204);
  }
  const value = isRelated ? `${table.set}(${id})` : null;
  return update(
    { ...place, table: collection.table, id: farId },
    { [`${lookup?.navigation}@odata.bind`]: value },
  );
}

function answerCollection(
  place: Place,
  collection: Collection,
  part: PathSegment,
  tail: PathSegment | undefined,
): Answer {
  const { state, call } = place;
  const named = (raw: unknown): string => {
    const found = requireReference(state, raw);
    if (found.table !== collection.table)
      throw badRequest(errorCodes.undeclaredProperty, `'${part.name}' does not hold such rows.`);
    return found.id;
  };
  if (call.method === 'GET') return readRows(place, collection, tail);
  if (tail?.name !== '$ref') throw notAllowed(call);
  if (call.method === 'POST') return relate(place, collection, named(idInBody(call)), true);
  if (call.method !== 'DELETE') throw notAllowed(call);
  const { table } = collection;
  const farId =
    part.key === undefined ? named(call.query['$id']) : requireId(table, readAddress(state, table, part.key));
  return relate(place, collection, farId, false);
}

/** What stands below a row: a column, a navigation property, or references (facts, sections 3.1 and 3.8). */
export function answerRowPart(place: Place, part: PathSegment, tail: PathSegment | undefined): Answer {
  const { state, table } = place;
  const column = table.byProperty.get(part.name);
  if (column) return answerColumn(place, column, tail);
  const isNavigation = table.byNavigation.has(part.name);
  const collection = isNavigation ? undefined : findCollection(state, table, part.name);
  const tails = collection ? ['$ref', '$count'] : ['$ref'];
  if (tail && !tails.includes(tail.name)) throw noSegment(tail.name);
  if (isNavigation) return answerNavigation(place, part.name, tail !== undefined);
  if (!collection) throw noSegment(part.name);
  return answerCollection(place, collection, part, tail);
}
