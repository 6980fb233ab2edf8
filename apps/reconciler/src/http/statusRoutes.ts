import type { System } from '@lockstep/change-events';
import { createDrainWatch, outcomeWindows, readSourceStatus } from '@lockstep/pipelines';
import { Type } from '@sinclair/typebox';
import { waitingRecordsMax } from '../watchWaiting.ts';
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
  queryRowsDone: nullable(
    Type.Number({ description: 'Announced so far of what an operator asked for by a query.' }),
  ),
  versionEpoch: Type.Number(),
  deletesHeld: nullable(Type.Number()),
  stoppedColumns: Type.Array(Type.String()),
});

const requestsSchema = Type.Object({
  group: Type.String(),
  used: Type.Number(),
  budget: nullable(Type.Number()),
});

const directionSchema = Type.Object({
  isWithheld: Type.Boolean({ description: 'Nothing is written to this system for now.' }),
  heldFor: nullable(
    Type.String({ description: 'Of what there was too much, where the brake on writes withholds them.' }),
  ),
  records: Type.Number({
    description:
      'Records with something to write that was withheld; while writes flow they are planned anew.',
  }),
  recordsTotal: nullable(
    Type.Number({ description: 'Of how many, when writes began to flow; null while they do not.' }),
  ),
  recordsPerSecond: nullable(Type.Number()),
  secondsLeft: nullable(Type.Number()),
});

const endedSchema = Type.Array(
  Type.Object({
    system: Type.String(),
    entity: Type.String(),
    done: Type.Number(),
    refused: Type.Number(),
  }),
);

const waitingSchema = Type.Object({
  side: Type.String(),
  entity: Type.String(),
  operation: Type.String(),
  writes: Type.Number(),
  since: Type.String({ description: 'When the oldest of them was decided.' }),
});

const rulesSchema = Type.Object({
  hash: Type.String({ description: 'Of the rules in force, as `lockstep validate` tells it of a file.' }),
  refused: Type.Array(Type.String(), {
    description: 'Faults of the file of rules as it is; the rules that it had before are in force.',
  }),
});

const statusSchema = Type.Object({
  rules: rulesSchema,
  tables: Type.Array(tableSchema),
  requests: Type.Array(requestsSchema, {
    description: 'Requests to Dataverse of today (UTC) by table group.',
  }),
  firstReadsComplete: Type.Boolean(),
  lag: Type.Record(Type.String(), Type.Number(), { description: 'Messages not yet handled, by step.' }),
  writes: Type.Object({ dynamics: directionSchema, marketo: directionSchema }),
  waiting: Type.Array(waitingSchema, {
    description: 'Writes that were decided and are not done yet; what is withheld is not among them.',
  }),
  waitingWhole: Type.Boolean({ description: 'False when there are more records than were counted.' }),
  ended: Type.Object(
    { lastHour: endedSchema, last24Hours: endedSchema },
    {
      description:
        'Writes to each system that were carried out or refused in the time until now, to the minute.',
    },
  ),
  errors: Type.Array(countSchema),
  errorsWhole: Type.Boolean({ description: 'False when there are more records than were counted.' }),
});

/** How far everything is, what lags, and what waits, in one answer. */
export const statusRoutes: OperatorRoutes = (scope, parts) => {
  const drain = createDrainWatch();
  const schema = { summary: 'Status', response: { 200: statusSchema, default: failureSchema } };
  scope.get('/v1/status', { schema }, async () => {
    const { stores, log, groups, clock, rules } = parts();
    const lags = Object.entries(groups()).map(
      async ([name, { group, topics }]) => [name, await log.lag(group, topics)] as const,
    );
    const { counts: errors, isWhole: errorsWhole } = await countsOf(stores.troubles);
    const { counts: waiting, isWhole: waitingWhole } = await stores.waitingWrites.count(waitingRecordsMax);

    return {
      rules: { hash: rules.current().hash, refused: [...rules.refused()] },
      ...(await readSourceStatus(log, clock.now())),
      firstReadsComplete: await stores.syncState.firstReadsComplete(),
      writes: {
        dynamics: await directionOf(parts(), drain, 'dynamics'),
        marketo: await directionOf(parts(), drain, 'marketo'),
      },
      lag: Object.fromEntries(await Promise.all(lags)),
      ended: await outcomeWindows(stores.outcomeCounts, clock.now()),
      ...{ waiting, waitingWhole, errors, errorsWhole },
    };
  });
};

async function directionOf(
  { directions, stores, clock }: OperatorParts,
  drain: ReturnType<typeof createDrainWatch>,
  system: System,
) {
  const records = await stores.golden.countWithheld(system);
  const isWithheld = directions.withheld().has(system);
  const flowingSinceMs = directions.flowingSinceMs(system);

  return {
    ...{ isWithheld, heldFor: directions.heldFor(system) },
    ...drain({ system, records, isWithheld, flowingSinceMs, nowMs: clock.now() }),
  };
}
