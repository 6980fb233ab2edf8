import { listReviews, rematchPage } from '@lockstep/pipelines';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { Type, type Static } from '@sinclair/typebox';
import { troubledSchema, troubledView } from './errorRoutes.ts';
import { actorField, afterField, failureSchema, given, isoTimeField, nullableText } from './operatorScope.ts';
import type { OperatorRoutes } from './operatorParts.ts';

const query = given({
  after: afterField,
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});

/** Enough of a person to tell one from another. */
const shown = ['email', 'firstName', 'lastName', 'company', 'jobTitle', 'city', 'phone'] as const;

const personFields = Type.Record(Type.String(), Type.Unknown());

const reviewSchema = Type.Object({
  ...troubledSchema.properties,
  fields: personFields,
  candidates: Type.Array(
    Type.Object({
      goldenId: Type.String(),
      rows: Type.Array(Type.String()),
      fields: personFields,
      standing: Type.Union([Type.Literal('free'), Type.Literal('left'), Type.Literal('taken')], {
        description:
          'A review may join the record to who is free, or left: every row of Dynamics it had was deleted.',
      }),
    }),
  ),
});

const rematchBody = given({
  until: isoTimeField,
  after: afterField,
  dryRun: Type.Boolean({ default: false, description: 'Count alone.' }),
  actor: actorField,
});

const rematchAnswer = Type.Object({
  waiting: Type.Number({ description: 'Records that wait because others have their address.' }),
  matched: Type.Number({ description: 'Get the person of the only other one, whose rows were deleted.' }),
  unclear: Type.Number({ description: 'Stay in review: several others have the address, or none now.' }),
  taken: Type.Number({ description: 'Stay in review: the only other one has a row that is there.' }),
  next: nullableText,
});

const pageSchema = Type.Object({
  reviews: Type.Array(reviewSchema),
  next: nullableText,
});

/** Records that wait for somebody to decide, with everybody who has the same address. */
export const reviewRoutes: OperatorRoutes = (scope, parts) => {
  scope.get<{ Querystring: Static<typeof query> }>(
    '/v1/reviews',
    {
      schema: {
        ...{ querystring: query, response: { 200: pageSchema, default: failureSchema } },
        summary: 'Records that wait for review, and their candidates',
      },
    },
    async ({ query: { after = null, limit } }) => {
      const { reviews, next } = await listReviews(parts().stores, { after, limitMax: limit });
      return {
        reviews: reviews.map(({ record, candidates }) => ({
          ...{ ...troubledView(record), fields: fieldsOf(record) },
          candidates: candidates.map(({ record: other, standing }) => ({
            goldenId: other.goldenId,
            rows: troubledView(other).rows,
            fields: fieldsOf(other),
            standing,
          })),
        })),
        next,
      };
    },
  );
  addRematch(scope, parts);
};

const addRematch: OperatorRoutes = (scope, parts) => {
  scope.post<{ Body: Static<typeof rematchBody> }>(
    '/v1/reviews/rematch',
    {
      schema: {
        ...{ body: rematchBody, response: { 200: rematchAnswer, default: failureSchema } },
        summary: 'Give rows in the place of deleted ones the persons of those, a page of them',
      },
    },
    ({ body: { after = null, dryRun, ...asked } }) =>
      rematchPage(parts(), { ...asked, after, isDryRun: dryRun }),
  );
};

function fieldsOf({ fields }: GoldenRecord): Record<string, unknown> {
  return Object.fromEntries(shown.flatMap((name) => (fields[name] ? [[name, fields[name].value]] : [])));
}
