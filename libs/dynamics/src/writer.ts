import type {
  DynamicsRemoval,
  DynamicsRemoveResult,
  DynamicsUpdate,
  DynamicsUpdateResult,
  DynamicsWriter,
} from '@lockstep/ports';
import { createRow } from './createRow.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import { failure, faultOf, isRowMissing, readFailure, type DataverseFault } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { readRowAnswer } from './readAnswer.ts';
import { rowPreference, selectOf, writePreference } from './readColumns.ts';
import { mergeRow } from './mergeRow.ts';
import { lookupRefusal, readRefusal } from './readRefusal.ts';
import { retryReads } from './retryReads.ts';
import { findOwners } from './owners.ts';
import { unwritable, writeMeaning } from './writeMeaning.ts';
import { boundTo, writeBody } from './writeBody.ts';

/** Guarded single writes (dataverse facts 3.2). A write is never repeated here: its outcome may be unknown. */
export function createWriter(context: DynamicsContext): DynamicsWriter {
  const rowUrl = (table: string, id: string): string => {
    const definition = context.tableOf(table);

    return context.urlOf(`${definition.entitySet}(${id})?$select=${selectOf(definition)}`);
  };

  const read: DynamicsWriter['read'] = (table, id) =>
    retryReads(async () => {
      const answer = await context.client.send({
        ...{ operation: 'read', lane: 'LIVE', table, method: 'GET', url: rowUrl(table, id) },
        headers: { prefer: rowPreference },
      });
      if (isRowMissing(faultOf(answer))) return null;
      if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: false });

      return readRowAnswer(context.tableOf(table), answer.text);
    });

  return {
    async update(update) {
      const { table, id, version, columns, owner } = update;
      const body = writeBody(context.tableOf(table), columns, owner ? { ownerid: boundTo(owner) } : {});
      if ('unwritable' in body) return unwritable(body.unwritable);
      const answer = await context.client.send({
        operation: 'update',
        lane: 'LIVE',
        table,
        method: 'PATCH',
        url: rowUrl(table, id),
        headers: { 'if-match': `W/"${version}"`, prefer: writePreference },
        body: body.json,
      });

      return readUpdate(context, update, answer);
    },
    async deleteRow(removal) {
      const { table, id, version } = removal;
      const answer = await context.client.send({
        ...{ operation: 'deleteRow', lane: 'LIVE', table, method: 'DELETE' },
        url: context.urlOf(`${context.tableOf(table).entitySet}(${id})`),
        headers: { 'if-match': `W/"${version}"` },
      });

      return readRemoval(removal, answer);
    },
    mergeRow: (merge) => mergeRow(context, read, merge),
    create: (creation) => createRow(context, creation, rowUrl(creation.table, creation.id)),
    findOwners: (text) => findOwners(context, text),
    read,
  };
}

function readUpdate(
  context: DynamicsContext,
  { table, id, columns }: DynamicsUpdate,
  answer: HttpAnswer,
): DynamicsUpdateResult {
  if (answer.status === 200)
    return { result: 'WRITTEN', row: readRowAnswer(context.tableOf(table), answer.text) };
  const fault = faultOf(answer);
  if (isRowMissing(fault)) return lookupRefusal(fault, columns, id) ?? { result: 'MISSING' };
  if (isStale(fault)) return { result: 'STALE' };
  const meaning = writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, table);

  return readRefusal(fault, Object.keys(columns));
}

function readRemoval({ table }: DynamicsRemoval, answer: HttpAnswer): DynamicsRemoveResult {
  if (answer.status === 204) return { result: 'DELETED' };
  const fault = faultOf(answer);
  if (isRowMissing(fault)) return { result: 'MISSING' };
  if (isStale(fault)) return { result: 'STALE' };
  const meaning = writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, table);

  return readRefusal(fault, []);
}

/** 412 also stands for duplicates, which the row's new version would not cure. */
function isStale({ status, code }: DataverseFault): boolean {
  return code === '0x80060882' || (status === 412 && code === '');
}
