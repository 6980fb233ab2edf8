import fastifySwagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { ServiceApi } from '@lockstep/service-runtime';
import { controlRoutes } from './controlRoutes.ts';
import { errorRoutes } from './errorRoutes.ts';
import type { OperatorParts, OperatorRoutes } from './operatorParts.ts';
import { openScope, type ScopeOptions } from './operatorScope.ts';
import { recordRoutes } from './recordRoutes.ts';
import { rehearsalRoutes } from './rehearsalRoutes.ts';
import { replayRoutes } from './replayRoutes.ts';
import { reviewRoutes } from './reviewRoutes.ts';
import { statusRoutes } from './statusRoutes.ts';
import { undoRoutes } from './undoRoutes.ts';
import { wishRoutes } from './wishRoutes.ts';

export type OperatorApiOptions = ScopeOptions & {
  /** Throws MONGODB_UNREACHABLE until the database is open. */
  readonly parts: () => OperatorParts;
};

const subjects: readonly OperatorRoutes[] = [
  statusRoutes,
  errorRoutes,
  recordRoutes,
  reviewRoutes,
  rehearsalRoutes,
  wishRoutes,
  undoRoutes,
  replayRoutes,
  controlRoutes,
];

/**
 * The operator's API (decision 18): status, what waits and why, and the records themselves, for whoever has the token. It
 * describes itself at /openapi.json, which shows no data and needs no token.
 */
export function operatorApi({ parts, ...scopeOptions }: OperatorApiOptions): ServiceApi {
  return (scope) => {
    void scope.register(fastifySwagger, { openapi });
    void scope.register((described, _, done) => {
      openScope(described, scopeOptions);
      for (const add of subjects) add(described, parts);
      done();
    });
    scope.get('/openapi.json', { schema: { hide: true } }, () => scope.swagger());
  };
}

const openapi: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Lockstep operator API',
    version: '1',
    description: 'Status, errors and records of a Lockstep installation, and commands to it.',
  },
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  security: [{ bearer: [] }],
};
