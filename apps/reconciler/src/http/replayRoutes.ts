import { listLetters, releasePage, replayLetters } from '@lockstep/pipelines';
import { Type, type Static } from '@sinclair/typebox';
import { troubleFilter } from './errorRoutes.ts';
import { actorField, afterField, failureSchema, given, isoTimeField, nullableText } from './operatorScope.ts';
import type { OperatorRoutes } from './operatorParts.ts';

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 300 }));

const releaseBody = given({
  ...troubleFilter,
  until: isoTimeField,
  after: afterField,
  actor: actorField,
});

const releaseAnswer = Type.Object({ released: Type.Number(), next: nullableText });

const letterFilter = {
  key: text,
  code: text,
  topic: text,
  from: Type.Optional(isoTimeField),
  until: Type.Optional(isoTimeField),
  after: Type.Optional(Type.Integer({ minimum: 0, description: '`next` of the page before' })),
};

const letterQuery = given({
  ...letterFilter,
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});

const letterSchema = Type.Object({
  offset: Type.Number({ description: 'Its place on lockstep.dead-letters.' }),
  key: Type.String(),
  topic: Type.String(),
  table: nullableText,
  recordId: nullableText,
  field: nullableText,
  code: Type.String(),
  sentence: Type.String(),
  at: Type.String(),
  replays: Type.Number(),
  isReplayed: Type.Boolean(),
});

const letterPage = Type.Object({
  letters: Type.Array(letterSchema),
  next: Type.Union([Type.Number(), Type.Null()]),
});

const replayBody = given({
  ...letterFilter,
  replayId: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'Yours; it is kept with what was replayed.',
  }),
});

const replayAnswer = Type.Object({
  replayed: Type.Number(),
  before: Type.Number({ description: 'They had been replayed already.' }),
  kept: Type.Number({ description: 'Their bytes are not there, or cannot be read.' }),
  next: Type.Union([Type.Number(), Type.Null()]),
});

/** What waits or was set aside is tried again, page by page: by record, cause or time (G-22). */
export const replayRoutes: OperatorRoutes = (scope, parts) => {
  scope.post<{ Body: Static<typeof releaseBody> }>(
    '/v1/errors/release',
    {
      schema: {
        ...{ body: releaseBody, response: { 200: releaseAnswer, default: failureSchema } },
        summary: 'Try records at once that wait since before `until`, a page of them',
      },
    },
    ({ body: { after = null, actor, ...filter } }) => {
      const { stores, ...others } = parts();
      return releasePage({ ...others, troubles: stores.troubles }, { filter, after, actor });
    },
  );
  scope.get<{ Querystring: Static<typeof letterQuery> }>(
    '/v1/dead-letters',
    {
      schema: {
        ...{ querystring: letterQuery, response: { 200: letterPage, default: failureSchema } },
        summary: 'Messages that were set aside, the oldest first',
      },
    },
    async ({ query: { after = null, limit, ...filter } }) => {
      const { letters, next } = await listLetters(parts().letters.scan, filter, { after, limitMax: limit });
      const shown = letters.map(({ offset, key, letter, isReplayed }) => ({
        ...{ ...letter, offset, key, isReplayed, replays: letter.replays ?? 0 },
      }));
      return { letters: shown, next };
    },
  );
  scope.post<{ Body: Static<typeof replayBody> }>(
    '/v1/dead-letters/replay',
    {
      schema: {
        ...{ body: replayBody, response: { 200: replayAnswer, default: failureSchema } },
        summary: 'Send messages that were set aside on their way again, a page of them, each once',
      },
    },
    ({ body: { after = null, replayId, ...filter } }) => {
      const { letters, publisher, clock } = parts();
      return replayLetters({ ...letters, publisher, clock }, { filter, replayId, after });
    },
  );
};
