import { SyncError } from '@lockstep/change-events';
import {
  askRecord,
  findCarrier,
  findJoining,
  isInReview,
  isPair,
  joinAll,
  resyncRecord,
  unlinkRecord,
} from '@lockstep/pipelines';
import { mayBeJudged, type GoldenRecord } from '@lockstep/reconciliation';
import { Type, type Static } from '@sinclair/typebox';
import { actorField, failureSchema, given } from './operatorScope.ts';
import type { OperatorParts, OperatorRoutes } from './operatorParts.ts';

const params = Type.Object({ goldenId: Type.String({ maxLength: 200 }) });
const accepted = Type.Object({ goldenId: Type.String() });

const releaseBody = given({ actor: actorField });

const resyncBody = given({
  from: Type.Optional(
    Type.Union([Type.Literal('dynamics'), Type.Literal('marketo')], {
      description: 'The side that is read again; both without it.',
    }),
  ),
  actor: actorField,
});

const resyncAnswer = Type.Object({
  goldenId: Type.String(),
  asked: Type.Array(Type.String(), { description: 'Rows that are read again.' }),
  absent: Type.Array(Type.String(), { description: 'Rows that Dynamics does not have.' }),
});

const reviewBody = given({
  decision: Type.Union([
    Type.Literal('join'),
    Type.Literal('separate'),
    Type.Literal('recreate'),
    Type.Literal('stay-away'),
  ]),
  with: Type.Optional(Type.String({ maxLength: 200, description: 'Of a join: the candidate’s golden id.' })),
  actor: actorField,
});

const unlinkAnswer = Type.Object({
  goldenId: Type.String({ description: 'Keeps the person.' }),
  partedTo: Type.String({ description: 'The golden id that the rows of Dynamics go to.' }),
  rows: Type.Array(Type.String()),
});

type Call<Body> = { Params: { goldenId: string }; Body: Body };

/** What an operator asks of one record (G-04, G-22); its owner carries it out. Answered 202. */
export const wishRoutes: OperatorRoutes = (scope, parts) => {
  const schema = { params, response: { 202: accepted, default: failureSchema } };
  scope.post<Call<Static<typeof releaseBody>>>(
    '/v1/records/:goldenId/release',
    { schema: { ...schema, summary: 'Try at once whatever waits', body: releaseBody } },
    async ({ params: { goldenId: wanted }, body: { actor } }, reply) => {
      const { goldenId } = await carrierOf(parts(), wanted);
      await askRecord(parts(), { goldenId, wish: 'release', actor });
      return reply.code(202).send({ goldenId });
    },
  );
  scope.post<Call<Static<typeof resyncBody>>>(
    '/v1/records/:goldenId/resync',
    {
      schema: {
        ...{ params, body: resyncBody, response: { 202: resyncAnswer, default: failureSchema } },
        summary: 'Read both sides again, or one, and send what differs',
      },
    },
    async ({ params: { goldenId: wanted }, body: { from = null, actor } }, reply) => {
      const record = await carrierOf(parts(), wanted);
      const result = await resyncRecord(parts(), { record, from, actor });
      return reply.code(202).send({ goldenId: record.goldenId, ...result });
    },
  );
  scope.post<Call<Static<typeof reviewBody>>>(
    '/v1/records/:goldenId/review',
    { schema: { ...schema, summary: 'Decide about a record that waits for review', body: reviewBody } },
    async ({ params: { goldenId }, body }, reply) => {
      await decideReview(parts(), goldenId, body);
      return reply.code(202).send({ goldenId });
    },
  );
  addUnlink(scope, parts);
};

const addUnlink: OperatorRoutes = (scope, parts) => {
  scope.post<Call<Static<typeof releaseBody>>>(
    '/v1/records/:goldenId/unlink',
    {
      schema: {
        ...{ params, body: releaseBody, response: { 202: unlinkAnswer, default: failureSchema } },
        summary: 'Part a row of Dynamics and a person that are not the same',
      },
    },
    async ({ params: { goldenId }, body: { actor } }, reply) => {
      const record = await carrierOf(parts(), goldenId);
      if (!isPair(record))
        throw new SyncError('API_REQUEST_INVALID', { detail: 'it does not link a person to a row' });
      return reply.code(202).send(await unlinkRecord(parts(), { record, actor }));
    },
  );
};

export async function carrierOf({ stores }: OperatorParts, goldenId: string): Promise<GoldenRecord> {
  const record = await findCarrier(stores.golden, goldenId);
  if (record === null) throw new SyncError('RECORD_UNKNOWN', { detail: goldenId });

  return record;
}

async function decideReview(
  parts: OperatorParts,
  goldenId: string,
  body: Static<typeof reviewBody>,
): Promise<void> {
  const { decision, actor } = body;
  const record = await carrierOf(parts, goldenId);
  if (decision === 'recreate' || decision === 'stay-away') {
    if (!mayBeJudged(record))
      throw new SyncError('API_REQUEST_INVALID', { detail: 'nobody is asked about its person' });
    return askRecord(parts, { goldenId, wish: `review-${decision}`, actor });
  }
  if (!isInReview(record))
    throw new SyncError('API_REQUEST_INVALID', { detail: 'it does not wait for review' });
  if (decision === 'separate') return askRecord(parts, { goldenId, wish: 'review-separate', actor });
  const joining = await findJoining(parts.stores, record, body.with ?? null);
  if (joining === null)
    throw new SyncError('API_REQUEST_INVALID', {
      detail: 'with: not a candidate of this review that may be joined',
    });
  await joinAll(parts, [joining], actor);
}
