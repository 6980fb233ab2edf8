import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Answer, Call } from '../api/call.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import type { Admission } from '../core/serviceProtection.ts';
import { admitCaller, type Caller } from './admitCaller.ts';
import { htmlAnswer } from './alterAnswer.ts';
import { answerAs } from './answerAs.ts';
import { operationsOf } from './countOperations.ts';
import { serveCall } from './serveCall.ts';

/** What the Web API needs to know of the token side. */
export interface DataRoutesOptions {
  readonly state: OrganizationState;
  readonly signingKey: string;
  readonly tokenAuthority: () => string;
}

const prefix = /^\/api\/data\/v9\.\d\/?/;

function stringHeaders(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
}

function decodedPath(url: string): { readonly version: string; readonly path: string } {
  const [pathname = ''] = url.split('?');
  const version = prefix.exec(pathname)?.[0].replace(/\/$/, '') ?? '';
  try {
    return { version, path: decodeURIComponent(pathname.replace(prefix, '')) };
  } catch {
    throw badRequest(errorCodes.invalidArgument, 'The address is not validly encoded.');
  }
}

function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

function acceptsGzip(header: string | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i.test(header ?? '');
}

function callOf(request: FastifyRequest, needsText: boolean): Call {
  const { version, path } = decodedPath(request.url);
  const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
  return {
    method: request.method,
    path,
    query: Object.fromEntries(query),
    headers: stringHeaders(request),
    body: typeof request.body === 'string' ? request.body : '',
    base: `${originOf(request)}${version}`,
    isGzipWelcome: !needsText && acceptsGzip(request.headers['accept-encoding']?.toString()),
  };
}

function affinityOf(headers: Call['headers']): string | undefined {
  return /(?:^|;\s*)ARRAffinity=(\d+)/.exec(headers['cookie'] ?? '')?.[1];
}

function admission(
  state: OrganizationState,
  call: Call,
  caller: Caller,
): { readonly admission: Admission; readonly headers: Readonly<Record<string, string>> } {
  const { limits } = state.settings;
  const server = state.limits.serverFor(affinityOf(call.headers), limits.servers);
  const atMs = nowMs(state);
  const admitted = state.limits.admit({ userId: caller.application.actor.id, server }, atMs, limits);
  for (const { used, count } of operationsOf(call))
    state.usage.count({ ...used, user: caller.application.actor.name }, atMs, count);
  return {
    admission: admitted,
    headers: {
      'set-cookie': `ARRAffinity=${server};Path=/;HttpOnly`,
      'x-ms-dop-hint': String(limits.recommendedParallelism),
      'x-ms-ratelimit-burst-remaining-xrm-requests': String(admitted.remainingRequests),
      'x-ms-ratelimit-time-remaining-xrm-requests': (admitted.remainingExecutionMs / 1000).toFixed(2),
    },
  };
}

const addressCharactersMax = 32 * 1024;

/** The web server refuses a long address before the service sees it (facts, section 3.1; status and body as seen in public reports). */
function refuseLongAddress(state: OrganizationState, request: FastifyRequest): Answer | undefined {
  if (originOf(request).length + request.url.length <= addressCharactersMax) return undefined;
  return htmlAnswer({ status: state.settings.longAddressStatus, title: 'Request URL Too Long' });
}

async function admittedAnswer(
  options: DataRoutesOptions,
  served: { readonly request: FastifyRequest; readonly setActor: (name: string) => void },
  { pause, needsText }: { readonly pause: () => Promise<void>; readonly needsText: boolean },
): Promise<Answer> {
  const { state } = options;
  const { request } = served;
  const refusal = refuseLongAddress(state, request);
  if (refusal) return refusal;
  const call = callOf(request, needsText);
  const caller = admitCaller(state, {
    authorization: request.headers.authorization,
    headers: call.headers,
    origin: originOf(request),
    tokenAuthority: options.tokenAuthority(),
    signingKey: options.signingKey,
  });
  served.setActor(caller.actor.name);
  const admitted = admission(state, call, caller);
  const startedTick = performance.now();
  try {
    await pause();
    const answer = await answerAs(state, caller, call);
    return { ...answer, headers: { ...answer.headers, ...admitted.headers } };
  } finally {
    admitted.admission.finish(performance.now() - startedTick);
  }
}

/** The Web API under `/api/data/v9.x/`. Bodies stay text, so that decimals are read without loss. */
export function dataRoutes(options: DataRoutesOptions): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.route({
      method: ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'],
      url: '/api/data/*',
      handler: (request, reply) =>
        serveCall(options.state, {
          request,
          reply,
          actor: options.state.application.name,
          logsBody: true,
          answer(pause, needsText) {
            const setActor = (name: string): void => {
              this.actor = name;
            };
            return admittedAnswer(options, { request, setActor }, { pause, needsText });
          },
        }),
    });
  };
}
