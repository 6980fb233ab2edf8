import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { issueToken } from '../core/accessTokens.ts';
import type { FaultAction } from '../core/faults.ts';
import { takeFault } from '../core/faults.ts';
import type { Instance } from '../core/instance.ts';

/** The token endpoint: client credentials in the query or in a form body (facts section 1). */
export function addIdentityRoutes(app: FastifyInstance, instance: Instance): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/identity/oauth/token',
    handler: (request, reply) => answerTokenCall(instance, request, reply),
  });
}

async function answerTokenCall(
  instance: Instance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = typeof request.body === 'string' ? request.body : '';
  const query = request.url.split('?')[1] ?? '';
  const fault = takeFault(instance.faults, { method: request.method, path: request.url, body });
  if (fault !== undefined && (await suffer(instance, fault, request, reply))) return reply;
  const { status, content } = grant(instance, new URLSearchParams(`${query}&${body}`));
  return reply
    .status(status)
    .header('content-type', 'application/json;charset=UTF-8')
    .header('cache-control', 'no-store')
    .header('pragma', 'no-cache')
    .send(JSON.stringify(content));
}

/** Lets an armed fault have its way; answers whether that already was the answer. */
async function suffer(
  instance: Instance,
  fault: FaultAction,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  if (fault.kind === 'delay') await instance.pause(fault.delayMs);
  if (fault.kind === 'status') await reply.status(fault.status).send(`HTTP ${fault.status}`);
  const isDropped = fault.kind === 'drop' || fault.kind === 'commitThenDrop';
  if (isDropped) {
    reply.hijack();
    request.raw.socket.destroy();
  }
  return isDropped || fault.kind === 'status';
}

function grant(instance: Instance, parameters: URLSearchParams): { status: number; content: object } {
  if (parameters.get('grant_type') !== 'client_credentials') {
    const error_description = 'Only client_credentials is supported';
    return { status: 400, content: { error: 'unsupported_grant_type', error_description } };
  }
  const service = instance.access.services.get(parameters.get('client_id') ?? '');
  if (service === undefined || parameters.get('client_secret') !== service.clientSecret) {
    const error_description = 'Bad client credentials';
    return { status: 401, content: { error: 'invalid_client', error_description } };
  }
  const { token, expiresInSeconds } = issueToken(service.tokens, {
    now: instance.now(),
    lifetimeSeconds: instance.settings.tokenLifetimeSeconds,
    newToken: () => `${instance.newId()}:int`,
  });
  const content = {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    scope: service.user.userId,
  };
  return { status: 200, content };
}
