import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { Call } from '../api/call.ts';
import { warmPages } from '../api/warmPages.ts';
import { generateRows } from '../core/generateRows.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { actorOf, requireTable } from './controlTargets.ts';

const actorName = Type.Optional(Type.String({ minLength: 1 }));
const generateSchema = Type.Object(
  {
    table: Type.String(),
    count: Type.Integer({ minimum: 1, maximum: 5_000_000 }),
    seed: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 1 }),
    actor: actorName,
  },
  { additionalProperties: false },
);
const warmSchema = Type.Object(
  {
    table: Type.String(),
    select: Type.Optional(Type.String()),
    pageSize: Type.Integer({ minimum: 1, maximum: 5000, default: 5000 }),
    annotations: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
/** The first tracked read that a client with this selection would make. */
function warmingCall(origin: string, { select, pageSize, annotations }: Static<typeof warmSchema>): Call {
  const wanted = annotations === undefined ? '' : `,odata.include-annotations="${annotations}"`;
  return {
    method: 'GET',
    path: '',
    query: select === undefined ? {} : { $select: select },
    headers: { prefer: `odata.track-changes,odata.maxpagesize=${pageSize}${wanted}` },
    body: '',
    base: `${origin}/api/data/v9.2`,
  };
}

function memoryRoutes(app: FastifyInstance): void {
  app.get('/memory', () => {
    const { rss, heapUsed } = process.memoryUsage();
    return { rssBytes: rss, heapUsedBytes: heapUsed };
  });
}

/** What large organisations need: rows made inside the process, pages made before they are asked for, memory. */
export function scaleRoutes(app: FastifyInstance, state: OrganizationState): void {
  memoryRoutes(app);
  app.post<{ Body: Static<typeof generateSchema> }>(
    '/generate',
    { schema: { body: generateSchema } },
    async ({ body: { table: name, count, seed, actor } }) => {
      const table = requireTable(state, name);
      await generateRows(state, { table, count, seed, actor: actorOf(state, actor) });
      return { count: state.store.count(table.name), highWaterMark: state.store.highWaterMark() };
    },
  );
  app.post<{ Body: Static<typeof warmSchema> }>(
    '/warm',
    { schema: { body: warmSchema } },
    async ({ body, host, protocol }) => {
      const call = warmingCall(`${protocol}://${host}`, body);
      const pages = await warmPages(state, call, requireTable(state, body.table));
      return { pages, bytes: state.pages.calculatedSize };
    },
  );
}
