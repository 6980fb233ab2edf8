import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireTable } from './controlTargets.ts';

const pluginSchema = Type.Object(
  {
    table: Type.String(),
    message: Type.Union([Type.Literal('Create'), Type.Literal('Update')]),
    whenColumns: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 100 })),
    set: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    abort: Type.Optional(Type.String({ maxLength: 1_000 })),
  },
  { additionalProperties: false },
);

/** Registration of synchronous plug-ins. */
export function pluginRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof pluginSchema> }>(
    '/plugins',
    { schema: { body: pluginSchema } },
    ({ body }) => {
      const id = state.newId();
      const { name: table } = requireTable(state, body.table);
      const { whenColumns = null, set = {}, abort = null, message } = body;
      state.plugins.set(id, { id, table, message, whenColumns, set, abort });
      return { id };
    },
  );
  app.get('/plugins', () => ({ plugins: [...state.plugins.values()] }));
  app.delete<{ Params: { id: string } }>('/plugins/:id', ({ params }) => {
    state.plugins.delete(params.id);
    return {};
  });
}
