import { SyncError } from '@lockstep/change-events';
import { explainRecords } from '@lockstep/pipelines';
import { Type, type Static } from '@sinclair/typebox';
import { troubleSchema } from './errorRoutes.ts';
import type { OperatorRoutes } from './operatorParts.ts';
import { failureSchema, given, nullableText } from './operatorScope.ts';

const text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));

const rowSchema = Type.Object({
  key: Type.String({ description: 'system/table/id' }),
  active: Type.Boolean(),
  version: nullableText,
  deleted: Type.Boolean(),
  missing: Type.Boolean(),
  filtered: Type.Boolean(),
  outSince: nullableText,
  verdict: Type.Union([Type.Literal('recreate'), Type.Literal('stay-away'), Type.Null()]),
});

const fieldSchema = Type.Object({
  field: Type.String(),
  value: Type.Unknown(),
  source: Type.String(),
  rule: Type.String(),
  changedAt: nullableText,
  eventId: Type.String(),
  agreed: Type.Boolean({ description: 'Both sides are known to hold it.' }),
});

const openSchema = Type.Object({
  to: Type.String(),
  operation: Type.String(),
  entryId: Type.String(),
  fields: Type.Array(Type.String()),
  attempts: Type.Number(),
  dueAt: Type.String(),
});

const conflictSchema = Type.Object({
  field: Type.String(),
  winner: Type.String(),
  winnerValue: Type.Unknown(),
  loserValue: Type.Unknown(),
  rule: Type.String(),
  at: Type.String(),
  loser: Type.Optional(nullableText),
  winnerChangedAt: Type.Optional(nullableText),
  loserChangedAt: Type.Optional(nullableText),
  decision: Type.Optional(nullableText),
  winnerEventId: Type.Optional(nullableText),
  undo: Type.Optional(
    Type.String({ description: '`possible`, or the code of what keeps it from being undone.' }),
  ),
});

const recordSchema = Type.Object({
  goldenId: Type.String(),
  kind: Type.String(),
  revision: Type.String(),
  aliasOf: nullableText,
  rows: Type.Array(rowSchema),
  fields: Type.Array(fieldSchema),
  troubledSince: nullableText,
  troubles: Type.Array(troubleSchema),
  open: Type.Array(openSchema),
  conflicts: Type.Array(conflictSchema, { description: 'The last 20, oldest first.' }),
  pastConflicts: Type.Array(conflictSchema, {
    description: 'Those before them that are still kept, 200 at most, oldest first.',
  }),
  parted: Type.Array(Type.Object({ row: Type.String(), to: Type.Optional(Type.String()) }), {
    description: 'Rows that an operator parted from it, and the golden ids that got them.',
  }),
  seeks: Type.Array(Type.String(), {
    description: 'Of a contact without an account, the keys by which a rule looks for one.',
  }),
  waitsFor: nullableText,
  dueAt: nullableText,
  rules: nullableText,
});

const soughtQuery = given(
  { row: text(200), person: text(20), email: text(254) },
  { description: 'One of: a row as system/table/id, a person’s id in Marketo, an email address.' },
);

/** Why a record is as it is: values with their source and rule, conflicts, open writes and what it waits for. */
export const recordRoutes: OperatorRoutes = (scope, parts) => {
  scope.get<{ Params: { goldenId: string } }>(
    '/v1/records/:goldenId',
    {
      schema: {
        summary: 'Explain a golden record',
        params: Type.Object({ goldenId: Type.String({ maxLength: 200 }) }),
        response: { 200: recordSchema, default: failureSchema },
      },
    },
    async ({ params: { goldenId } }) => {
      const [record] = await explainRecords(parts().stores, { goldenId }, parts().mapping());
      if (!record) throw new SyncError('RECORD_UNKNOWN', { detail: goldenId });
      return record;
    },
  );
  scope.get<{ Querystring: Static<typeof soughtQuery> }>(
    '/v1/records',
    {
      schema: {
        summary: 'Find golden records by a row, a person or an email address',
        querystring: soughtQuery,
        response: { 200: Type.Object({ records: Type.Array(recordSchema) }), default: failureSchema },
      },
    },
    async ({ query }) => {
      if (Object.keys(query).length !== 1)
        throw new SyncError('API_REQUEST_INVALID', { detail: 'one of row, person and email is needed' });
      return { records: await explainRecords(parts().stores, query, parts().mapping()) };
    },
  );
};
