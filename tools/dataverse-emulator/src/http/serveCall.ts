import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureAnswer, jsonAnswer, type Answer } from '../api/call.ts';
import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import type { FaultAction } from '../core/faultPlan.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { alterAnswer, htmlAnswer } from './alterAnswer.ts';

const loggedBodyMax = 65_536;
const loggedHeaders = ['if-match', 'if-none-match', 'prefer'];

/** One call under the regime of faults and the call log. */
export interface ServedCall {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Known for sure once the caller is let in. */
  actor: string | null;
  /** False where a body holds a secret. */
  readonly logsBody: boolean;
  /**
   * Produces the answer; `pause` waits out an armed delay and is to be called once the caller is let in. A fault that works
   * on the answer needs it as text.
   */
  readonly answer: (pause: () => Promise<void>, needsText: boolean) => Promise<Answer>;
}

function bodyForLog(served: ServedCall): unknown {
  const { body } = served.request;
  if (!served.logsBody || typeof body !== 'string' || body === '') return null;
  if (body.length > loggedBodyMax) return `(${body.length} characters)`;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function log(
  state: OrganizationState,
  served: ServedCall,
  started: { readonly atMs: number; readonly tick: number },
  answer: Answer | undefined,
): void {
  const { request } = served;
  state.calls.append({
    atMs: started.atMs,
    actor: served.actor,
    method: request.method,
    path: request.url,
    status: answer?.status ?? null,
    code: answer?.code ?? null,
    durationMs: Math.round((performance.now() - started.tick) * 1000) / 1000,
    requestHeaders: Object.fromEntries(
      loggedHeaders
        .filter((name) => request.headers[name] !== undefined)
        .map((name) => [name, String(request.headers[name])]),
    ),
    requestBody: bodyForLog(served),
  });
}

/** Faults say themselves what they answer. */
function injectedAnswer(action: Extract<FaultAction, { kind: 'status' }>): Answer {
  const code = action.code ?? errorCodes.unexpected;
  const seconds = action.retryAfterSeconds;
  const headers = seconds === undefined ? {} : { 'retry-after': String(seconds) };
  if (action.status < 400) return jsonAnswer(action.status, '{}', headers);
  return failureAnswer(
    new DataverseError(action.status, code, action.message ?? 'Injected by a fault.', headers),
    {},
  );
}

function injectedFor(action: FaultAction | undefined): Answer | undefined {
  if (action?.kind === 'status') return injectedAnswer(action);
  return action?.kind === 'html' ? htmlAnswer(action) : undefined;
}

async function answered(
  { settings: { refusals } }: OrganizationState,
  served: ServedCall,
  action: FaultAction | undefined,
): Promise<Answer> {
  const injected = injectedFor(action);
  if (injected) return injected;
  const pauseMs = action?.kind === 'delay' ? action.delayMs : 0;
  try {
    const answer = await served.answer(
      async () => {
        if (pauseMs > 0) await sleep(pauseMs);
      },
      action !== undefined && action.kind !== 'delay',
    );
    return alterAnswer(answer, action, addressOf(served.request));
  } catch (error) {
    if (error instanceof DataverseError) return failureAnswer(error, refusals);
    served.request.log.error(error);
    return failureAnswer(
      new DataverseError(500, errorCodes.unexpected, 'An unexpected error occurred.'),
      refusals,
    );
  }
}

function addressOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${request.url}`;
}

/** Announces the whole body and ends the connection after its first bytes. */
function cutBody(served: ServedCall, answer: Answer, afterBytes: number): FastifyReply {
  const { reply, request } = served;
  const body = Buffer.from(answer.body);
  reply.hijack();
  reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  reply.raw.write(body.subarray(0, Math.min(afterBytes, body.length - 1)), () =>
    request.raw.socket.destroy(),
  );
  return reply;
}

function cut(served: ServedCall): FastifyReply {
  served.reply.hijack();
  served.request.raw.socket.destroy();
  return served.reply;
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.packed ?? (answer.body === '' ? undefined : answer.body));
}

/** Takes a call through armed faults to its answer and into the call log, in the order in which calls end. */
export async function serveCall(state: OrganizationState, served: ServedCall): Promise<FastifyReply> {
  const { request, reply } = served;
  const started = { atMs: nowMs(state), tick: performance.now() };
  const action = state.faults.take(request.method, request.url);
  if (action?.kind === 'drop') {
    log(state, served, started, undefined);
    return cut(served);
  }
  const answer = await answered(state, served, action);
  if (action?.kind === 'commitThenDrop') {
    log(state, served, started, undefined);
    return cut(served);
  }
  log(state, served, started, answer);
  return action?.kind === 'cutBody' ? cutBody(served, answer, action.afterBytes) : send(reply, answer);
}
