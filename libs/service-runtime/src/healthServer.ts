import { errorTable, SyncError } from '@lockstep/change-events';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { addRoute, type ServiceRoute } from './serviceRoute.ts';

export type HealthServerOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** Why the process is not ready, in words; empty when it is. */
  readonly checks: () => readonly string[];
  readonly registry: Registry;
  /** What this service answers besides. */
  readonly routes?: readonly ServiceRoute[];
  /** Adds what needs schemas, parameters or answers with a body; each gets a scope of its own. */
  readonly apis?: readonly ServiceApi[];
};

/** Adds routes to the scope that it is given. */
export type ServiceApi = (scope: FastifyInstance) => void;

type HealthAppOptions = Pick<HealthServerOptions, 'checks' | 'registry' | 'routes' | 'apis'>;

export type HealthServer = { readonly port: number; close(): Promise<void> };

/** From the first byte of a call to the last of its body; without it whoever sends slowly keeps a connection for ever, key or not. */
const requestTimeoutMs = 60_000;

const unknownAddress = {
  code: 'ADDRESS_UNKNOWN',
  sentence: errorTable.ADDRESS_UNKNOWN.sentence,
  detail: null,
} as const;

const answerUnknown = (reply: FastifyReply) => reply.code(404).send(unknownAddress);

/** The three pages and the service's own routes, not yet listening. */
export function createHealthApp({ checks, registry, routes = [], apis = [] }: HealthAppOptions) {
  const app = fastify({
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    // What a schema does not allow is refused and not taken away.
    ajv: { customOptions: { removeAdditional: false } },
    // An address that cannot be decoded is none of ours.
    frameworkErrors: (_error, _request, reply) => void answerUnknown(reply),
  });
  // Before the body is read, which nobody wants.
  app.addHook('onRequest', async ({ is404 }, reply) => {
    if (is404) await answerUnknown(reply);
  });

  app.get('/health/live', () => ({ status: 'live' }));

  app.get('/health/ready', (_, reply) => {
    const reasons = checks();
    if (reasons.length === 0) return { status: 'ready' };

    return reply.code(503).send({ status: 'not ready', reasons });
  });

  app.get('/metrics', async (_, reply) => {
    const page = await registry.metrics();

    return reply.type(registry.contentType).send(page);
  });

  for (const route of routes) addRoute(app, route);
  for (const api of apis)
    void app.register((scope, _, done) => {
      api(scope);
      done();
    });

  return app;
}

/**
 * Serves GET /health/live (200 while the event loop runs), /health/ready (200, or 503 with reasons) and /metrics.
 * Throws CONFIG_INVALID when HTTP_HOST and HTTP_PORT cannot be listened on.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const app = createHealthApp(options);
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (cause) {
    await app.close();
    throw portFault(cause, options);
  }

  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  return { port, close: async () => app.close() };
}

const listenFaults: Readonly<Record<string, readonly [setting: string, sentence: string]>> = {
  EADDRINUSE: ['HTTP_PORT', 'is in use by another process.'],
  EACCES: ['HTTP_PORT', 'is not allowed for this user.'],
  EADDRNOTAVAIL: ['HTTP_HOST', 'is not an address of this host.'],
  ENOTFOUND: ['HTTP_HOST', 'is not an address of this host.'],
};

function portFault(cause: unknown, { port }: HealthServerOptions): unknown {
  const fault = listenFaults[String((cause as { code?: unknown } | null)?.code)];
  if (fault === undefined) return cause;
  const [setting, sentence] = fault;
  const subject = setting === 'HTTP_PORT' ? `${port} ` : '';

  return new SyncError('CONFIG_INVALID', { [setting]: `${subject}${sentence}` }, { cause });
}
