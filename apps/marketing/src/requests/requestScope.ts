import { errorTable, fateOf, isSyncError, type ErrorCode } from '@lockstep/change-events';
import { createKeyCheck, headOf, type Log } from '@lockstep/service-runtime';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

export type ScopeOptions = {
  readonly key: string;
  readonly log: Pick<Log, 'error'>;
};

/** Of a flow step's call with a thousand people. */
export const bodyBytesMax = 8 * 1024 * 1024;

/**
 * Lets into a scope whoever knows the key (others get 401), takes every body as JSON whatever its type says, since Marketo
 * leaves that to the administrator, and answers failures as `{ code, sentence, detail }`.
 */
export function openScope(scope: FastifyInstance, { key, log }: ScopeOptions): void {
  const knowsKey = createKeyCheck(key);
  scope.addHook('onRequest', async (request, reply) => {
    if (!knowsKey(headOf(request))) await reply.code(401).send();
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, scope.getDefaultJsonParser('error', 'error'));
  scope.setErrorHandler((error: FastifyError, _request, reply) => {
    const { status, code, detail } = failureOf(error);
    if (status === 500) log.error({ err: error }, 'A call failed.');
    return refuse(reply, status, { code, detail });
  });
}

type Failure = { readonly code: ErrorCode; readonly detail: string | null };

export function refuse(reply: FastifyReply, status: number, { code, detail }: Failure) {
  return reply.code(status).send({ code, sentence: errorTable[code].sentence, detail });
}

function failureOf(error: FastifyError): Failure & { readonly status: number } {
  if (isSyncError(error, 'REQUEST_INVALID'))
    return { status: 400, code: 'REQUEST_INVALID', detail: String(error.details['detail']) };
  if (isSyncError(error))
    return { status: fateOf(error) === 'RETRY' ? 503 : 500, code: error.code, detail: null };
  const status = error.statusCode ?? 500;
  // Of a body that is no JSON the parser's message quotes a part.
  const detail = error.validation ? error.message : null;

  return status < 500
    ? { status, code: 'REQUEST_INVALID', detail }
    : { status, code: 'INTERNAL', detail: null };
}
