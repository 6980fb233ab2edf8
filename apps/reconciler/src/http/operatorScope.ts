import { createHash, timingSafeEqual } from 'node:crypto';
import { errorTable, fateOf, isSyncError, type ErrorCode, type SyncError } from '@lockstep/change-events';
import type { Log } from '@lockstep/service-runtime';
import { Type, type ObjectOptions, type TProperties } from '@sinclair/typebox';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

export type ScopeOptions = {
  /** The bearer token of now; asked at each call, so that it can be changed without a restart. */
  readonly token: () => Promise<string>;
  /** The one that may only read; undefined where there is none. */
  readonly readToken?: string | undefined;
  readonly log: Pick<Log, 'error'>;
};

export const nullableText = Type.Union([Type.String(), Type.Null()]);

/** A body or a query: a name that is not there is refused, since a filter or `dryRun` that is passed over widens what is done. */
export const given = <Properties extends TProperties>(properties: Properties, options: ObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

/** Where a page begins. */
export const afterField = Type.Optional(
  Type.String({ maxLength: 200, description: '`next` of the page before' }),
);

/** The body of every answer that is not a success. */
export const failureSchema = Type.Object(
  {
    code: Type.String({ description: 'A row of docs/errors.md.' }),
    sentence: Type.String(),
    detail: nullableText,
  },
  { description: 'Why the call did not succeed.' },
);

/** Who asks; it is in the notice that tells of it. */
export const actorField = Type.String({ minLength: 1, maxLength: 100 });

export const isoTimeField = Type.Union([
  Type.String({ format: 'date-time' }),
  Type.String({ format: 'date' }),
]);

/** Lets into a scope whoever brings a token that suffices (others get 401 or 403), and answers failures as `{ code, sentence, detail }`. */
export function openScope(scope: FastifyInstance, { token, readToken, log }: ScopeOptions): void {
  scope.addHook('onRequest', async ({ headers: { authorization = '' }, method }, reply) => {
    if (isToken(authorization, await token())) return;
    const isReader = readToken !== undefined && isToken(authorization, readToken);
    if (!isReader) await refuse(reply, 401, { code: 'API_UNAUTHORIZED', detail: null });
    else if (method !== 'GET') await refuse(reply, 403, { code: 'API_FORBIDDEN', detail: null });
  });
  scope.setErrorHandler((error: FastifyError, _request, reply) => {
    const { status, code, detail } = failureOf(error);
    if (status === 500) log.error({ err: error }, 'A call of the operator’s API failed.');
    return refuse(reply, status, { code, detail });
  });
}

const isToken = (authorization: string, token: string): boolean =>
  timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));

/** Equal lengths whatever comes, as the comparison in constant time wants them. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

type Failure = { readonly code: ErrorCode; readonly detail: string | null };

export function refuse(reply: FastifyReply, status: number, { code, detail }: Failure) {
  return reply.code(status).send({ code, sentence: errorTable[code].sentence, detail });
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  API_REQUEST_INVALID: 400,
  RECORD_UNKNOWN: 404,
  UNDO_UNKNOWN: 404,
  UNDO_OVERTAKEN: 409,
  UNDO_OPT_OUT: 409,
  UNDO_FIXED: 409,
  UNDO_NO_PAIR: 409,
};

type Answer = Failure & { readonly status: number };

function failureOf(error: FastifyError): Answer {
  if (isSyncError(error)) return failureOfSync(error);
  const status = error.statusCode ?? 500;
  // Of a body that is no JSON the parser's message quotes a part.
  const detail = error.validation ? [error.message, ...unknownNames(error)].join(': ') : null;

  return status < 500
    ? { status, code: 'API_REQUEST_INVALID', detail }
    : { status, code: 'INTERNAL', detail: null };
}

const unknownNames = ({ validation = [] }: FastifyError): string[] =>
  validation.flatMap(({ params: { additionalProperty: name } }) => (typeof name === 'string' ? [name] : []));

function failureOfSync(error: SyncError): Answer {
  const { code, details } = error;
  const { detail = null } = details;
  const status = statuses[code] ?? (fateOf(error) === 'RETRY' ? 503 : 500);

  return { status, code, detail: detail === null ? null : String(detail) };
}
