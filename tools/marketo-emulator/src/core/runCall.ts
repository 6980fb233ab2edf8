import { ApiError, apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import { applicationOrigin } from './applicationOrigin.ts';
import type { FileAnswer } from './fileAnswer.ts';
import { isFileContent } from './fileAnswer.ts';
import type { Instance } from './instance.ts';
import type { Operation } from './operation.ts';
import { findOperation } from './operations.ts';
import { partOf } from './partOf.ts';
import { grants } from './permissions.ts';
import type { RestCall } from './restCall.ts';

/** What goes back to the caller. */
export interface Answer {
  readonly status: number;
  /** JSON text, or plain text beside a status other than 200. */
  readonly body: string;
  /** Codes of response-level errors. */
  readonly codes: readonly string[];
  /** Reason codes of skipped records. */
  readonly reasonCodes: readonly string[];
  /** Entries of the result. */
  readonly records?: number;
  /** The connection is cut instead of answering. */
  readonly isDropped?: boolean;
  /** What is sent in place of `body`, as it is. */
  readonly file?: FileAnswer;
}

/** An admitted call's number and its user. */
export interface Caller {
  readonly requestId: string;
  readonly user: ApiUser;
}

/** Runs the endpoint of a call and wraps what it says, or what refuses it, in the envelope. */
export async function runCall(instance: Instance, call: RestCall, caller: Caller): Promise<Answer> {
  const { requestId } = caller;
  try {
    const content = await runOperation(instance, call, caller);
    return fileIn(content) ?? successAnswer(requestId, content);
  } catch (error) {
    if (error instanceof ApiError) return errorAnswer(requestId, error.code, error.message);
    throw error;
  }
}

/** HTTP 200 with `success: false`. */
export function errorAnswer(requestId: string, code: string, message?: string): Answer {
  const error = { code, message: apiError(code, message).message };
  const body = JSON.stringify({ requestId, success: false, errors: [error] });
  return { status: 200, body, codes: [code], reasonCodes: [] };
}

function fileIn(content: object): Answer | undefined {
  if (!isFileContent(content)) return undefined;
  return { status: content.file.status, body: '', codes: [], reasonCodes: [], file: content.file };
}

function successAnswer(requestId: string, content: object): Answer {
  const body = JSON.stringify({ requestId, success: true, ...content });
  const records = listIn(content, 'result').length;
  return { status: 200, body, codes: [], reasonCodes: reasonCodesOf(content), records };
}

async function runOperation(instance: Instance, call: RestCall, caller: Caller): Promise<object> {
  const isForm = isOfType(call, 'application/x-www-form-urlencoded');
  const parameters = new URLSearchParams(isForm ? `${call.query}&${call.body}` : call.query);
  const { operation, pathParts } = findOperation(methodOf(call, parameters), call.pathname);
  if (!grants(caller.user.permissions, operation.permission)) throw apiError('603');
  const body = bodyOf(call, operation.body, isForm);
  return operation.run(instance, {
    parameters,
    pathParts,
    body,
    call,
    user: caller.user,
    origin: applicationOrigin(caller, 'Web service API'),
  });
}

function methodOf(call: RestCall, parameters: URLSearchParams): string {
  const override = call.method === 'POST' ? parameters.get('_method') : null;
  return override?.toUpperCase() ?? call.method;
}

function bodyOf(call: RestCall, wanted: Operation['body'], isForm: boolean): unknown {
  const isAbsent = wanted === 'optional' && (isForm || call.body === '');
  return wanted === 'none' || isAbsent ? undefined : parseBody(call);
}

function parseBody(call: RestCall): unknown {
  if (!isOfType(call, 'application/json')) throw apiError('612');
  try {
    return JSON.parse(call.body);
  } catch {
    throw apiError('609');
  }
}

function isOfType({ contentType }: RestCall, type: string): boolean {
  return contentType.toLowerCase().startsWith(type);
}

function reasonCodesOf(content: object): string[] {
  const rows = listIn(content, 'result').flatMap((row) => listIn(row, 'reasons'));
  return [...new Set(rows.map((reason) => String(partOf(reason, 'code'))))];
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = partOf(value, name);
  return Array.isArray(list) ? list : [];
}
