import formBody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../api/call.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { signAccessToken } from './accessToken.ts';
import { serveCall } from './serveCall.ts';

function authorityOf(state: OrganizationState, request: FastifyRequest): string {
  return `https://${request.host}/${state.identity.tenantId}`;
}

function refusal(status: number, error: string, description: string): Answer {
  const body = JSON.stringify({ error, error_description: description, error_codes: [] });
  return { ...jsonAnswer(status, body), code: error };
}

function discovery(state: OrganizationState, request: FastifyRequest): Answer {
  const authority = authorityOf(state, request);
  const document = {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  };
  return jsonAnswer(200, JSON.stringify(document));
}

function grant(state: OrganizationState, request: FastifyRequest, signingKey: string): Answer {
  const form = new URLSearchParams(request.body as Record<string, string>);
  const { clientId, clientSecret, tenantId } = state.identity;
  if (form.get('grant_type') !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
    return refusal(401, 'invalid_client', 'The client id or the client secret is wrong.');
  const audience = /^(https?:\/\/[^/\s]+)\/*\.default$/.exec(form.get('scope') ?? '')?.[1];
  if (!audience)
    return refusal(400, 'invalid_scope', 'The scope must be the address of the organisation and /.default.');
  const lifetimeSeconds = state.settings.tokenLifetimeSeconds;
  const iat = Math.floor(nowMs(state) / 1000);
  const claims = {
    aud: audience,
    iss: `${authorityOf(state, request)}/v2.0`,
    tid: tenantId,
    appid: clientId,
    iat,
    exp: iat + lifetimeSeconds,
  };
  const body = {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: signAccessToken(claims, signingKey),
  };
  return jsonAnswer(200, JSON.stringify(body), { 'cache-control': 'no-store' });
}

/** The tenant's endpoints that a client-credentials client uses (facts, section 5.1). */
export function tokenRoutes(
  state: OrganizationState,
  signingKey: string,
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register(formBody);
    const serve = (
      url: string,
      method: 'GET' | 'POST',
      answer: (request: FastifyRequest) => Answer,
    ): void => {
      app.route({
        method,
        url: `/${state.identity.tenantId}${url}`,
        handler: (request, reply) =>
          serveCall(state, {
            request,
            reply,
            actor: null,
            logsBody: false,
            answer: async (pause) => {
              await pause();
              return answer(request);
            },
          }),
      });
    };
    serve('/v2.0/.well-known/openid-configuration', 'GET', (request) => discovery(state, request));
    serve('/oauth2/v2.0/token', 'POST', (request) => grant(state, request, signingKey));
  };
}
