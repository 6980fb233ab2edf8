import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logCall } from '../core/callLog.ts';
import type { FileAnswer } from '../core/fileAnswer.ts';
import { handleCall, nextRequestId } from '../core/handleCall.ts';
import type { Instance } from '../core/instance.ts';
import type { RestCall } from '../core/restCall.ts';

const uriBytesMax = 8192;
// A file of 10 MB and what multipart puts around it.
const importBytesMax = 10 * 1024 * 1024 + 4096;

/** Everything outside identity and control: the REST API, and its answers to unknown paths. */
export function addRestRoutes(app: FastifyInstance, instance: Instance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (Buffer.byteLength(request.url) <= uriBytesMax) return;
    refuse(instance, request, 414);
    await reply.status(414).send('Request-URI Too Long');
  });
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) await drain(request);
    refuse(instance, request, status);
    return reply
      .status(status)
      .type('text/plain')
      .send(status === 413 ? 'Request Entity Too Large' : error.message);
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/bulk/*',
    exposeHeadRoute: false,
    bodyLimit: importBytesMax,
    compress: false,
    handler: (request, reply) => answerRestCall(instance, request, reply),
  });
  app.route({
    method: ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'],
    url: '/*',
    exposeHeadRoute: false,
    handler: (request, reply) => answerRestCall(instance, request, reply),
  });
}

// Who is still sending when the connection is closed sees it break, and never the answer.
async function drain({ raw }: FastifyRequest): Promise<void> {
  await finished(raw.resume(), { writable: false }).catch(() => undefined);
}

async function answerRestCall(
  instance: Instance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await handleCall(instance, toRestCall(request));
  if (answer.isDropped === true) {
    request.raw.socket.destroy();
    return reply.hijack();
  }
  if (answer.file !== undefined) return sendFile(answer.file, reply);
  const contentType = answer.status === 200 ? 'application/json;charset=UTF-8' : 'text/plain';
  return reply.status(answer.status).header('content-type', contentType).send(answer.body);
}

// Files go out as they are, never compressed (facts 2.1).
function sendFile({ status, contentType, headers, bytes }: FileAnswer, reply: FastifyReply): FastifyReply {
  return reply
    .status(status)
    .headers({ ...headers, 'content-type': contentType })
    .send(bytes);
}

function refuse(instance: Instance, request: FastifyRequest, status: number): void {
  const startedAt = instance.now();
  const answer = { status, body: '', codes: [], reasonCodes: [] };
  const requestId = nextRequestId(instance, startedAt);
  logCall(instance, toRestCall(request), { answer, startedAt, requestId, actor: null });
}

// URL resolves the dot segments that some clients send (facts 2.1).
function toRestCall(request: FastifyRequest): RestCall {
  const { pathname, search } = new URL(`http://emulator${request.url}`);
  return {
    method: request.method,
    pathname,
    query: search.slice(1),
    contentType: request.headers['content-type'] ?? '',
    body: typeof request.body === 'string' ? request.body : '',
    authorization: request.headers.authorization,
    ...(request.headers.range === undefined ? {} : { range: request.headers.range }),
  };
}
