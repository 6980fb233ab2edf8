import type { DynamicsRequestResult, DynamicsTask } from '@lockstep/ports';
import type { DynamicsContext } from './dynamicsContext.ts';
import { boundTo } from './writeBody.ts';
import { failure, faultOf } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { readRefusal } from './readRefusal.ts';
import { findTaskStatus, openState, type TaskStatus } from './taskStatus.ts';
import { writeMeaning } from './writeMeaning.ts';

/**
 * Creates a task under its id: `PATCH` with `If-None-Match: *` (dataverse facts 3.2). A row is created open, so that a closed
 * state takes a second write (facts 3.8).
 */
export async function createTask(
  context: DynamicsContext,
  task: DynamicsTask,
): Promise<DynamicsRequestResult> {
  const status = task.status === undefined ? null : await findTaskStatus(context, task.status);
  if (status === 'unknown')
    return { result: 'REFUSED', code: 'TASK_STATUS_UNKNOWN', field: 'status', detail: 'status' };
  const isClosed = status !== null && status.statecode !== openState;
  const created = await write(
    context,
    task,
    { 'if-none-match': '*' },
    bodyOf(task, isClosed ? null : status),
  );
  if (!isClosed || created.result !== 'WRITTEN') return created;

  return write(context, task, { 'if-match': '*' }, status);
}

function bodyOf(task: DynamicsTask, status: TaskStatus | null): object {
  const { subject, description, dueAt, regarding, owner } = task;

  return {
    subject,
    scheduledend: dueAt,
    [`regardingobjectid_${regarding.table}_task@odata.bind`]: boundTo(regarding),
    ...(description === undefined ? {} : { description }),
    ...(status === null ? {} : { statuscode: status.statuscode }),
    ...(owner ? { 'ownerid@odata.bind': boundTo(owner) } : {}),
  };
}

async function write(
  context: DynamicsContext,
  task: DynamicsTask,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<DynamicsRequestResult> {
  const url = context.urlOf(`tasks(${task.id})`);
  const answer = await context.client.send({
    ...{ operation: 'createTask', lane: 'LIVE', table: 'task', method: 'PATCH', url, headers },
    body: JSON.stringify(body),
  });

  return readAnswer(answer, task);
}

/** 412 says that a task has the id: it is this one. A missing row is named by its id. */
function readAnswer(answer: HttpAnswer, { regarding }: DynamicsTask): DynamicsRequestResult {
  const { status } = answer;
  if (status === 204 || status === 412) return { result: 'WRITTEN' };
  const fault = faultOf(answer);
  const isMissing = fault.code === '0x80040217' && fault.message.toLowerCase().includes(regarding.id);
  if (isMissing) return { result: 'MISSING' };
  const meaning = writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, 'task');

  return readRefusal(fault, ['subject', 'description', 'scheduledend', 'statuscode']);
}
