import { troubleViews } from '@lockstep/pipelines';
import { rowKey, type GoldenRecord } from '@lockstep/reconciliation';
import { Type, type Static } from '@sinclair/typebox';
import type { OperatorRoutes } from './operatorParts.ts';
import { afterField, failureSchema, given, isoTimeField, nullableText } from './operatorScope.ts';
import { countSchema, countsOf } from './troubleCounts.ts';

const pageSizeMax = 500;

/** Which records in trouble; times are of the beginning of the trouble. */
export const troubleFilter = {
  side: Type.Optional(Type.Union([Type.Literal('dynamics'), Type.Literal('marketo')])),
  code: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  from: Type.Optional(isoTimeField),
  until: Type.Optional(isoTimeField),
};

const pageQuery = given({
  ...troubleFilter,
  after: afterField,
  limit: Type.Integer({ minimum: 1, maximum: pageSizeMax, default: 100 }),
});

/** A trouble of a record. */
export const troubleSchema = Type.Object({
  side: Type.String({ description: 'The side that refuses, or does not get what it should.' }),
  operation: Type.String(),
  code: Type.String(),
  sentence: nullableText,
  field: nullableText,
  detail: Type.Union([Type.String(), Type.Null()], {
    description: 'What the side said; it may quote a value.',
  }),
});

/** A record in trouble. */
export const troubledSchema = Type.Object({
  goldenId: Type.String(),
  kind: Type.String(),
  rows: Type.Array(Type.String()),
  since: Type.String(),
  troubles: Type.Array(troubleSchema),
});

const groupsSchema = Type.Object({
  groups: Type.Array(countSchema),
  isWhole: Type.Boolean({ description: 'False when there are more records than were counted.' }),
});

const pageSchema = Type.Object({ records: Type.Array(troubledSchema), next: nullableText });

/** A record in trouble without its values. */
export function troubledView(record: GoldenRecord): Static<typeof troubledSchema> {
  return {
    goldenId: record.goldenId,
    kind: record.entity ?? record.kind,
    rows: record.rows.map(rowKey),
    since: record.troubledSince ?? '',
    troubles: [...troubleViews(record)],
  };
}

/** What waits for a cause to go away or for somebody to decide: by cause, and record by record (F-14, F-61, G-22). */
export const errorRoutes: OperatorRoutes = (scope, parts) => {
  scope.get(
    '/v1/errors',
    {
      schema: {
        summary: 'What waits, by side and code',
        response: { 200: groupsSchema, default: failureSchema },
      },
    },
    async () => {
      const { counts: groups, isWhole } = await countsOf(parts().stores.troubles);
      return { groups, isWhole };
    },
  );
  scope.get<{ Querystring: Static<typeof pageQuery> }>(
    '/v1/errors/records',
    {
      schema: {
        summary: 'Records that wait, the oldest first',
        querystring: pageQuery,
        response: { 200: pageSchema, default: failureSchema },
      },
    },
    async ({ query: { after = null, limit, ...filter } }) => {
      const { records, next } = await parts().stores.troubles.page(filter, { after, limitMax: limit });
      return { records: records.map(troubledView), next };
    },
  );
};
