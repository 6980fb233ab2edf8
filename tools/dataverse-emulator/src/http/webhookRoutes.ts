import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { OrganizationState } from '../core/organizationState.ts';
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

function authOf({ authtype, authvalue }: Static<typeof webhookSchema>) {
  const place = authtype === 5 ? ('header' as const) : ('query' as const);
  return { place, pairs: typeof authvalue === 'string' ? { code: authvalue } : authvalue };
}

/** Registration of webhooks, and what became of their calls. */
export function webhookRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof webhookSchema> }>(
    '/webhooks',
    { schema: { body: webhookSchema } },
    ({ body }) => {
      const id = state.newId();
      const { name: table } = requireTable(state, body.table);
      state.webhooks.add({ id, url: body.url, table, message: body.message ?? null, auth: authOf(body) });
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
