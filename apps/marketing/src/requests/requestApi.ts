import type { RequestDoors } from '@lockstep/pipelines';
import type { RequestStore } from '@lockstep/ports';
import type { ServiceApi } from '@lockstep/service-runtime';
import { Type, type Static } from '@sinclair/typebox';
import { openScope, refuse, type ScopeOptions } from './requestScope.ts';

export type RequestApiOptions = ScopeOptions & {
  /** Both throw MONGODB_UNREACHABLE until the database is open. */
  readonly doors: Pick<RequestDoors, 'webhook'>;
  readonly requests: Pick<RequestStore, 'find'>;
};

const askedSchema = Type.Object({
  // In parts, since Marketo puts each token in quotes of its own; one text counts as one part.
  requestId: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 10 }),
  personId: Type.String({ pattern: '^[1-9]\\d{0,17}$' }),
  request: Type.String({ minLength: 1, maxLength: 100 }),
  arguments: Type.Optional(Type.Record(Type.String({ maxLength: 50 }), Type.String({ maxLength: 10_000 }))),
});

const nullableText = Type.Union([Type.String(), Type.Null()]);

/** Everything but the arguments, which hold what a marketer wrote about a person. */
const stateSchema = Type.Object({
  requestId: Type.String(),
  personId: Type.String(),
  kind: nullableText,
  state: Type.String(),
  askedAt: Type.String(),
  at: Type.String(),
  code: nullableText,
  detail: nullableText,
});

const bodyBytesMax = 64 * 1024;

/**
 * The address that a webhook of a trigger campaign calls, and the one that tells what became of a request (F-21, G-21). A
 * request that was accepted is answered 202 with its state, also when it is repeated.
 */
export function requestApi({ doors, requests, ...scopeOptions }: RequestApiOptions): ServiceApi {
  return (scope) => {
    openScope(scope, scopeOptions);
    scope.post<{ Body: Static<typeof askedSchema> }>(
      '/requests',
      { bodyLimit: bodyBytesMax, schema: { body: askedSchema, response: { 202: stateSchema } } },
      async ({ body }, reply) => {
        const { requestId: parts, personId, request: words } = body;
        const id = parts.join('-').replaceAll(/[^\w.:@-]+/g, '-');
        const stored = await doors.webhook({ id, personId, words, arguments: body.arguments ?? {} });

        return reply.code(202).send(stored);
      },
    );
    scope.get<{ Params: { '*': string } }>(
      '/requests/*',
      { schema: { response: { 200: stateSchema } } },
      async ({ params }, reply) => {
        const requestId = params['*'];
        const found = (await requests.find([requestId])).get(requestId);

        return found ?? refuse(reply, 404, { code: 'REQUEST_UNKNOWN', detail: null });
      },
    );
  };
}
