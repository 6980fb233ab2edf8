import formBody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../api/call.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { signAccessToken } from './accessToken.ts';
import { refuseCredential } from './clientCredential.ts';
import { serveCall } from './serveCall.ts';

function authorityOf(state: OrganizationState, request: FastifyRequest): string {
  return `https://${request.host}/${state.identity.tenantId}`;
}

function refusal(status: number, error: string, description: string, number?: number): Answer {
  const body = JSON.stringify({
    error,
    error_description: number === undefined ? description : `AADSTS${number}: ${description}`,
    error_codes: number === undefined ? [] : [number],
  });
  return { ...jsonAnswer(status, body), code: error };
}

/** Whether the client declared that it understands claims challenges. */
function declaresChallenges(form: URLSearchParams): boolean {
  return /"xms_cc"\s*:\s*\{[^}]*"cp1"/.test(form.get('claims') ?? '');
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
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
  };
  return jsonAnswer(200, JSON.stringify(document));
}

function refuseClient(
  state: OrganizationState,
  form: URLSearchParams,
  authority: string,
): Answer | undefined {
  const clientId = form.get('client_id') ?? '';
  const application = state.applications.get(clientId);
  if (!application)
    return refusal(
      400,
      'unauthorized_client',
      `Application with identifier '${clientId}' was not found in the directory.`,
      700_016,
    );
  const audiences = [`${authority}/oauth2/v2.0/token`, `${authority}/v2.0`] as const;
  const refused = refuseCredential(application, {
    form,
    audiences,
    atMs: nowMs(state),
    takesFederated: state.settings.takesFederatedAssertions,
  });
  return refused && refusal(401, 'invalid_client', refused.text, refused.number);
}

function grant(state: OrganizationState, request: FastifyRequest, signingKey: string): Answer {
  const form = new URLSearchParams(request.body as Record<string, string>);
  if (form.get('grant_type') !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'Only client_credentials is supported.', 70_003);
  const authority = authorityOf(state, request);
  const refused = refuseClient(state, form, authority);
  if (refused) return refused;
  const audience = /^(https?:\/\/[^/\s]+)\/*\.default$/.exec(form.get('scope') ?? '')?.[1];
  if (!audience)
    return refusal(
      400,
      'invalid_scope',
      'The scope must be the address of the organisation and /.default.',
      70_011,
    );
  const lifetimeSeconds = state.settings.tokenLifetimeSeconds;
  const iat = Math.floor(nowMs(state) / 1000);
  const claims = {
    aud: audience,
    iss: `${authority}/v2.0`,
    tid: state.identity.tenantId,
    appid: form.get('client_id') ?? '',
    iat,
    exp: iat + lifetimeSeconds,
    ...(declaresChallenges(form) ? { xms_cc: ['cp1'] } : {}),
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
