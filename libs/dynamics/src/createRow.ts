import type { DynamicsCreateResult, DynamicsCreation } from '@lockstep/ports';
import type { DynamicsContext } from './dynamicsContext.ts';
import { failure, faultOf } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { readRowAnswer } from './readAnswer.ts';
import { writePreference } from './readColumns.ts';
import { lookupRefusal, readRefusal } from './readRefusal.ts';
import { unwritable, writeMeaning } from './writeMeaning.ts';
import { boundTo, writeBody } from './writeBody.ts';

/** Creates one row under its id: `PATCH` with `If-None-Match: *` (dataverse facts 3.2). Never repeated here. */
export async function createRow(
  context: DynamicsContext,
  creation: DynamicsCreation,
  url: string,
): Promise<DynamicsCreateResult> {
  const { table, columns, owner, detectDuplicates = false } = creation;
  const body = writeBody(context.tableOf(table), columns, owner ? { ownerid: boundTo(owner) } : {});
  if ('unwritable' in body) return unwritable(body.unwritable);
  const answer = await context.client.send({
    ...{ operation: 'create', lane: 'LIVE', table, method: 'PATCH', url, body: body.json },
    headers: {
      'if-none-match': '*',
      prefer: writePreference,
      ...(detectDuplicates ? { 'MSCRM.SuppressDuplicateDetection': 'false' } : {}),
    },
  });

  return readCreation(context, creation, answer);
}

/** 412 stands for a row that has the id, unless a rule holds a duplicate back. */
function readCreation(
  context: DynamicsContext,
  { table, id, columns }: DynamicsCreation,
  answer: HttpAnswer,
): DynamicsCreateResult {
  if (answer.status === 201)
    return { result: 'WRITTEN', row: readRowAnswer(context.tableOf(table), answer.text) };
  const fault = faultOf(answer);
  const refused = lookupRefusal(fault, columns, id) ?? readRefusal(fault, Object.keys(columns));
  if (fault.code === '0x80040333') return { ...refused, code: 'DYNAMICS_DUPLICATE', field: null };
  if (fault.status === 412) return { result: 'EXISTS' };
  const meaning = writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, table);

  return refused;
}
