import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { OrganizationState } from '../core/organizationState.ts';
import type { HookAuth } from '../core/webhook.ts';
import { requireTable } from './controlTargets.ts';

const pairs = Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 2_000 }));
const webhookSchema = Type.Object(
  {
    url: Type.String({ pattern: '^https?://', maxLength: 2_000 }),
    table: Type.String(),
    message: Type.Optional(
      Type.Union([Type.Literal('Create'), Type.Literal('Update'), Type.Literal('Delete')]),
    ),
    /** 4: a key in the query value `code`; 5: headers; 6: query values (Dataverse's own numbers). */
    authtype: Type.Union([Type.Literal(4), Type.Literal(5), Type.Literal(6)]),
    authvalue: Type.Union([Type.String({ maxLength: 2_000 }), pairs]),
  },
  { additionalProperties: false },
);

function authOf({ authtype, authvalue }: Static<typeof webhookSchema>): HookAuth {
  const place = authtype === 5 ? 'header' : 'query';
  return { place, pairs: typeof authvalue === 'string' ? { code: authvalue } : authvalue };
}

/** What these webhooks have in common; others are registered by the Web API. */
const plain = {
  mode: 'asynchronous',
  stage: 40,
  rank: 1,
  filteringColumns: null,
  images: [],
} as const;

/** Registration of webhooks, and what became of their calls. */
export function webhookRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof webhookSchema> }>(
    '/webhooks',
    { schema: { body: webhookSchema } },
    ({ body }) => {
      const id = state.newId();
      const { name: table } = requireTable(state, body.table);
      const auth = authOf(body);
      state.webhooks.add({ ...plain, id, url: body.url, table, message: body.message ?? null, auth });
      return { id };
    },
  );
  app.get('/webhooks', () => ({
    webhooks: state.webhooks.list().map(({ id, url, table, message }) => ({ id, url, table, message })),
    ...state.webhooks.counts,
  }));
  app.delete<{ Params: { id: string } }>('/webhooks/:id', ({ params }) => {
    state.webhooks.remove(params.id);
    return {};
  });
}
