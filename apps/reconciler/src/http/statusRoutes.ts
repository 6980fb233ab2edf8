import type { System } from '@lockstep/change-events';
import { readSourceStatus } from '@lockstep/pipelines';
import { Type } from '@sinclair/typebox';
import type { OperatorParts, OperatorRoutes } from './operatorParts.ts';
import { failureSchema } from './operatorScope.ts';
import { countSchema, countsOf } from './troubleCounts.ts';

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const tableSchema = Type.Object({
  target: Type.String(),
  phase: Type.String(),
  rowsDone: Type.Number(),
  rowsTotal: nullable(Type.Number()),
  rowsPerSecond: nullable(Type.Number()),
  secondsLeft: nullable(Type.Number()),
  secondsSinceSaved: Type.Number(),
  pausedAt: nullable(Type.String()),
  versionEpoch: Type.Number(),
  deletesHeld: nullable(Type.Number()),
  stoppedColumns: Type.Array(Type.String()),
});

const requestsSchema = Type.Object({
  group: Type.String(),
  used: Type.Number(),
  budget: nullable(Type.Number()),
});

/** More withheld records than these are not counted. */
const withheldMax = 10_000;

const directionSchema = Type.Object({
  isWithheld: Type.Boolean({ description: 'Nothing is written to this system for now.' }),
  heldFor: nullable(
    Type.String({ description: 'Of what there was too much, where the brake on writes withholds them.' }),
  ),
  records: Type.Number({
    description: `Records with something to write that was withheld, ${withheldMax} at most; while writes flow they are planned anew.`,
  }),
});

const statusSchema = Type.Object({
  tables: Type.Array(tableSchema),
  requests: Type.Array(requestsSchema, {
    description: 'Requests to Dataverse of today (UTC) by table group.',
  }),
  firstReadsComplete: Type.Boolean(),
  lag: Type.Record(Type.String(), Type.Number(), { description: 'Messages not yet handled, by step.' }),
  writes: Type.Object({ dynamics: directionSchema, marketo: directionSchema }),
  errors: Type.Array(countSchema),
  errorsWhole: Type.Boolean({ description: 'False when there are more records than were counted.' }),
});

/** How far everything is, what lags, and what waits, in one answer. */
export const statusRoutes: OperatorRoutes = (scope, parts) => {
  const schema = { summary: 'Status', response: { 200: statusSchema, default: failureSchema } };
  scope.get('/v1/status', { schema }, async () => {
    const { stores, log, groups, clock } = parts();
    const lags = Object.entries(groups).map(
      async ([name, { group, topics }]) => [name, await log.lag(group, topics)] as const,
    );
    const { counts: errors, isWhole: errorsWhole } = await countsOf(stores.troubles);

    return {
      ...(await readSourceStatus(log, clock.now())),
      firstReadsComplete: await stores.syncState.firstReadsComplete(),
      writes: {
        dynamics: await directionOf(parts(), 'dynamics'),
        marketo: await directionOf(parts(), 'marketo'),
      },
      lag: Object.fromEntries(await Promise.all(lags)),
      ...{ errors, errorsWhole },
    };
  });
};

async function directionOf({ directions, stores }: OperatorParts, system: System) {
  const isWithheld = directions.withheld().has(system);
  const ids = await stores.golden.findWithheld(system, withheldMax);

  return { isWithheld, heldFor: directions.heldFor(system), records: ids.length };
}
