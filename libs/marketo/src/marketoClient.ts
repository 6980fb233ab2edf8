import { isSyncError, SyncError } from '@lockstep/change-events';
import type { CallLane, Clock, Lease } from '@lockstep/ports';
import type { AccessTokens } from './accessTokens.ts';
import type { CallCounter } from './callCounter.ts';
import type { CallLimiter } from './callLimiter.ts';
import { answerFailure, faultFailure, type CallKind, type MarketoFault } from './failures.ts';
import type { HttpAnswer, HttpTransport } from './httpTransport.ts';
import type { JsonObject } from './readValues.ts';

export type MarketoCall =
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly query: Readonly<Record<string, string>>;
      /** Keys of several fields, which have no place in an address (marketo-rest 4). */
      readonly body?: unknown;
      /** Where Marketo may take longer than for most. */
      readonly timeoutMs?: number;
    }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly body: unknown;
      /** It changes nothing, however often it is done. */
      readonly isIdle?: boolean;
    };

/** A successful envelope; `result` is absent from empty feed pages. */
export type MarketoEnvelope = {
  readonly result?: unknown;
  readonly nextPageToken?: unknown;
  readonly moreResult?: unknown;
};

/** Throws the MARKETO_* code of facts 6 that belongs to the failure. */
export type MarketoClient = { call(call: MarketoCall): Promise<MarketoEnvelope> };

/**
 * Views of one client that differ in the lane of their calls. A call that comes to its turn when the lease of its view is over
 * is not sent and fails with LEASE_LOST: it may have waited for seconds, or its process been frozen.
 */
export type MarketoClients = (lane: CallLane, lease?: Lease) => MarketoClient;

export type MarketoClientOptions = {
  readonly origin: string;
  readonly tokens: AccessTokens;
  readonly limiter: CallLimiter;
  readonly counter: Pick<CallCounter, 'spend'>;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly stopped: AbortSignal;
};

const attemptsMax = 3;
const firstWaitMs = 1000;
/** The rate window (606) must pass; all else is over sooner. */
const rateWaitMs = 20_000;
/** Marketo refuses addresses above 8 KB (marketo-rest 6); the form variant has no such limit. */
const queryCharsMax = 6000;

/** Calls with header authorisation, within the limits, repeated as far as that can do no harm. */
export function createMarketoClients(options: MarketoClientOptions): MarketoClients {
  const { clock, stopped } = options;

  return (lane, lease) => ({
    async call(call) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await authorisedCall({ ...options, lane, lease }, call);
        } catch (error) {
          if (attempt >= attemptsMax || stopped.aborted || !isRepeatable(error, call)) throw error;
          const isRate = error.details['marketoCode'] === '606';
          await clock.sleep(isRate ? rateWaitMs : firstWaitMs * 2 ** (attempt - 1), stopped);
        }
      }
    },
  });
}

/** A write that changes something is repeated only when Marketo said that it did not even begin: rate (606) or concurrency (615). */
function isRepeatable(error: unknown, call: MarketoCall): error is SyncError {
  if (call.kind === 'read' || call.isIdle === true)
    return isSyncError(error, 'MARKETO_BUSY', 'MARKETO_UNREACHABLE', 'MARKETO_OUTCOME_UNKNOWN');

  return isSyncError(error, 'MARKETO_BUSY') && ['606', '615'].includes(String(error.details['marketoCode']));
}

type ViewOptions = MarketoClientOptions & { readonly lane: CallLane; readonly lease: Lease | undefined };

/** 601 and 602 mean that nothing was done, so any call is sent once more with a new token. */
async function authorisedCall(options: ViewOptions, call: MarketoCall): Promise<MarketoEnvelope> {
  const { tokens, limiter, counter, transport, origin, lane, lease } = options;
  const send = async (token: string): Promise<MarketoEnvelope> => {
    const answer = await limiter(lane, async () => {
      if (lease?.isHeld() === false) throw new SyncError('LEASE_LOST', { source: 'marketo' });
      return transport.send(requestOf(origin, call, token));
    });
    try {
      return openEnvelope(answer, call.kind);
    } catch (error) {
      throw isSyncError(error, 'MARKETO_QUOTA_SPENT') ? counter.spend(lane) : error;
    }
  };
  const token = await tokens.current();
  try {
    return await send(token);
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_CREDENTIALS')) throw error;
    tokens.forget(token);

    return send(await tokens.current());
  }
}

function requestOf(origin: string, call: MarketoCall, token: string): Parameters<HttpTransport['send']>[0] {
  const url = `${origin}/rest/v1/${call.path}`;
  const authorization = `Bearer ${token}`;
  if (call.kind === 'write') {
    const headers = { authorization, 'content-type': 'application/json' };

    return { method: 'POST', url, headers, body: JSON.stringify(call.body) };
  }
  if (call.body !== undefined) {
    const headers = { authorization, 'content-type': 'application/json' };

    return { method: 'POST', url: `${url}?_method=GET`, headers, body: JSON.stringify(call.body) };
  }
  const { timeoutMs } = call;
  const query = new URLSearchParams(call.query).toString();
  if (query.length <= queryCharsMax)
    return { method: 'GET', url: `${url}?${query}`, headers: { authorization }, timeoutMs };
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };

  return { method: 'POST', url: `${url}?_method=GET`, headers, body: query };
}

type Envelope = MarketoEnvelope & { readonly success?: unknown; readonly errors?: unknown };

/** Marketo answers 200 with its errors inside (marketo-rest 2.1). */
function openEnvelope(answer: HttpAnswer, kind: CallKind): MarketoEnvelope {
  if (answer.status === null) throw answerFailure(null, answer.reason, kind);
  const envelope = parsed(answer.text);
  if (envelope?.success === true) return envelope;
  const fault = faultIn(envelope?.errors);
  throw fault ? faultFailure(fault, kind) : answerFailure(answer.status, 'no envelope', kind);
}

/** Null for errors of somebody who answers in Marketo's place. */
function faultIn(errors: unknown): MarketoFault | null {
  const [first] = Array.isArray(errors) ? (errors as readonly (JsonObject | null)[]) : [];
  const code = String(first?.['code']);

  return /^\d{3,4}$/.test(code) ? { code, message: String(first?.['message'] ?? '') } : null;
}

function parsed(text: string): Envelope | null {
  try {
    return JSON.parse(text) as Envelope | null;
  } catch {
    return null;
  }
}
