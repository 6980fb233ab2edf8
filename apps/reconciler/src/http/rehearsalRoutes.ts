import { rehearsePage } from '@lockstep/pipelines';
import { Type, type Static } from '@sinclair/typebox';
import { afterField, failureSchema, given, nullableText } from './operatorScope.ts';
import type { OperatorRoutes } from './operatorParts.ts';

const query = given({
  after: afterField,
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 500, description: 'Records of the page.' }),
});

const counts = (description: string) => Type.Record(Type.String(), Type.Number(), { description });

const sideSchema = Type.Object({
  creates: counts('Records to create, by table.'),
  updates: counts('Records to update, by table.'),
  fields: counts('Values that would change, by `table.field`.'),
  others: counts('Deletes and merges, by table.'),
});

const pageSchema = Type.Object({
  counts: Type.Object({
    records: Type.Object({
      persons: Type.Number(),
      linked: Type.Number({ description: 'With a row on both sides.' }),
      ambiguous: Type.Number({ description: 'In review.' }),
      held: Type.Number({ description: 'With a value that is held for review.' }),
      refused: Type.Number(),
      undecided: Type.Number({ description: 'Not foretold yet.' }),
    }),
    sides: Type.Object({ dynamics: sideSchema, marketo: sideSchema }),
  }),
  next: nullableText,
  isFinal: Type.Boolean({
    description:
      'Both sides have been read once, nothing lags, nobody is undecided, and nothing is written to either.',
  }),
});

/** What would be written if writing started now, page by page: whoever asks adds the pages up. */
export const rehearsalRoutes: OperatorRoutes = (scope, parts) => {
  scope.get<{ Querystring: Static<typeof query> }>(
    '/v1/rehearsal',
    {
      schema: {
        ...{ querystring: query, response: { 200: pageSchema, default: failureSchema } },
        summary: 'What would be written, of one page of records',
      },
    },
    async ({ query: { after = null, limit } }) => {
      const { stores, log, groups, directions } = parts();
      const page = await rehearsePage(stores.golden, { after, limitMax: limit });
      const lags = Object.values(groups()).map(({ group, topics }) => log.lag(group, topics));
      const isQuiet = (await Promise.all(lags)).every((lag) => lag === 0);
      const areWithheld = directions.withheld().size === 2;
      const isDecided = isQuiet && page.counts.records.undecided === 0;

      return { ...page, isFinal: areWithheld && isDecided && (await stores.syncState.firstReadsComplete()) };
    },
  );
};
