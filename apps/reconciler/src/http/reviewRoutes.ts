import { listReviews } from '@lockstep/pipelines';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { Type, type Static } from '@sinclair/typebox';
import { troubledSchema, troubledView } from './errorRoutes.ts';
import { failureSchema } from './operatorScope.ts';
import type { OperatorRoutes } from './operatorParts.ts';

const query = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
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
      isFree: Type.Boolean({ description: 'A review may join the record to it.' }),
    }),
  ),
});

const pageSchema = Type.Object({
  reviews: Type.Array(reviewSchema),
  next: Type.Union([Type.String(), Type.Null()]),
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
          candidates: candidates.map(({ record: other, isFree }) => ({
            ...{ goldenId: other.goldenId, rows: troubledView(other).rows, fields: fieldsOf(other), isFree },
          })),
        })),
        next,
      };
    },
  );
};

function fieldsOf({ fields }: GoldenRecord): Record<string, unknown> {
  return Object.fromEntries(shown.flatMap((name) => (fields[name] ? [[name, fields[name].value]] : [])));
}
