import { SyncError } from '@lockstep/change-events';
import { undoDecision, undoPage, type UndoAsked } from '@lockstep/pipelines';
import { Type, type Static } from '@sinclair/typebox';
import { actorField, afterField, failureSchema, given, isoTimeField, nullableText } from './operatorScope.ts';
import type { OperatorRoutes } from './operatorParts.ts';
import { carrierOf } from './wishRoutes.ts';

const undoBody = given(
  {
    decision: Type.Optional(Type.String({ maxLength: 200, description: 'As the record names it.' })),
    field: Type.Optional(Type.String({ maxLength: 200, description: 'The last decision of this field.' })),
    actor: actorField,
  },
  { description: 'One of decision and field.' },
);

const undoAnswer = Type.Object({
  goldenId: Type.String(),
  decision: Type.String(),
  field: Type.String(),
  value: Type.Unknown({ description: 'What the field gets.' }),
  instead: Type.Unknown({ description: 'What it has.' }),
});

/** Undoes a decision between two values of a field (G-05); the owner of the record carries it out. Answered 202. */
export const undoRoutes: OperatorRoutes = (scope, parts) => {
  scope.post<{ Params: { goldenId: string }; Body: Static<typeof undoBody> }>(
    '/v1/records/:goldenId/undo',
    {
      schema: {
        ...{ params: Type.Object({ goldenId: Type.String({ maxLength: 200 }) }), body: undoBody },
        ...{
          summary: 'Give a field the value that lost',
          response: { 202: undoAnswer, default: failureSchema },
        },
      },
    },
    async ({ params: { goldenId }, body }, reply) => {
      const { stores, publisher, clock, mapping } = parts();
      const record = await carrierOf(parts(), goldenId);
      const options = { publisher, clock, pastConflicts: stores.pastConflicts, mapping: mapping() };
      const undone = await undoDecision(options, { record, asked: askedIn(body), actor: body.actor });
      return reply.code(202).send(undone);
    },
  );
  addUndoPage(scope, parts);
};

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));

const undoPageBody = given({
  from: isoTimeField,
  until: isoTimeField,
  rule: text,
  field: text,
  dryRun: Type.Boolean({ default: false, description: 'Count alone.' }),
  after: afterField,
  actor: actorField,
});

const undoPageAnswer = Type.Object({
  records: Type.Number({ description: 'Looked at.' }),
  found: Type.Number({ description: 'Decisions that are meant, each the last one of its field.' }),
  undone: Type.Number(),
  kept: Type.Record(Type.String(), Type.Number(), { description: 'What cannot be undone, by code.' }),
  next: nullableText,
});

const addUndoPage: OperatorRoutes = (scope, parts) => {
  scope.post<{ Body: Static<typeof undoPageBody> }>(
    '/v1/decisions/undo',
    {
      schema: {
        ...{ body: undoPageBody, response: { 200: undoPageAnswer, default: failureSchema } },
        summary: 'Undo the decisions of a time, of a rule or a field, in a page of records',
      },
    },
    ({ body: { after = null, dryRun, actor, ...filter } }) => {
      const { stores, publisher, clock, mapping } = parts();
      const options = { publisher, clock, golden: stores.golden, mapping: mapping() };
      return undoPage(options, { filter, after, isDryRun: dryRun, actor });
    },
  );
};

function askedIn({ decision, field }: Static<typeof undoBody>): UndoAsked {
  if (decision !== undefined && field === undefined) return { decision };
  if (field !== undefined && decision === undefined) return { field };
  throw new SyncError('API_REQUEST_INVALID', { detail: 'one of decision and field is needed' });
}
