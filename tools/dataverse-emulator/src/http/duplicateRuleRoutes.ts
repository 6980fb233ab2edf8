import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { requireColumn } from '../core/changeColumns.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireTable } from './controlTargets.ts';

const ruleSchema = Type.Object(
  { table: Type.String(), columns: Type.Array(Type.String(), { minItems: 1, maxItems: 16 }) },
  { additionalProperties: false },
);
const rulesMax = 100;

/** Rules of duplicate detection. */
export function duplicateRuleRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof ruleSchema> }>(
    '/duplicateRules',
    { schema: { body: ruleSchema } },
    ({ body }, reply) => {
      if (state.duplicateRules.size >= rulesMax) return reply.code(400).send({ error: { code: 'control' } });
      const table = requireTable(state, body.table);
      const columns = body.columns.map((name) => requireColumn(table, name).name);
      const id = state.newId();
      state.duplicateRules.set(id, { id, table: table.name, columns });
      return { id };
    },
  );
  app.get('/duplicateRules', () => ({ rules: [...state.duplicateRules.values()] }));
  app.delete<{ Params: { id: string } }>('/duplicateRules/:id', ({ params }) => {
    state.duplicateRules.delete(params.id);
    return {};
  });
}
