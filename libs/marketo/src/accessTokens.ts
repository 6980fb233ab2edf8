import { SyncError } from '@lockstep/change-events';
import type { Clock } from '@lockstep/ports';
import type { HttpTransport } from './httpTransport.ts';

export type AccessTokenOptions = {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
};

/** Both throw MARKETO_CREDENTIALS, MARKETO_UNREACHABLE or MARKETO_BUSY; none of them was sent with a call. */
export type AccessTokens = {
  current(): Promise<string>;
  /** Forgets a token that Marketo refused, unless it has been replaced meanwhile. */
  forget(token: string): void;
};

type Token = { readonly text: string; readonly expiresAtMs: number };

const attemptsMax = 4;
const rollOverWaitMs = 1000;
const never = new AbortController().signal;

/**
 * One token for all callers. Asking early answers the same token, so it is kept to its end; `expires_in` 0 says that it is
 * about to be replaced (marketo-rest 1).
 */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { clock } = options;
  let token: Token | null = null;
  let pending: Promise<Token> | null = null;
  const renew = async (): Promise<Token> => {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const { text, lifetimeMs } = await requestToken(options);
      if (lifetimeMs > 0) return { text, expiresAtMs: clock.monotonic() + lifetimeMs };
      await clock.sleep(rollOverWaitMs, never);
    }
    throw new SyncError('MARKETO_BUSY', { reason: 'the token does not roll over' });
  };

  return {
    async current() {
      if (token && clock.monotonic() < token.expiresAtMs) return token.text;
      pending ??= renew().finally(() => {
        pending = null;
      });
      token = await pending;

      return token.text;
    },
    forget(refused) {
      if (token?.text === refused) token = null;
    },
  };
}

type TokenAnswer = { access_token?: unknown; expires_in?: unknown };

async function requestToken(options: AccessTokenOptions): Promise<{ text: string; lifetimeMs: number }> {
  const { origin, clientId, clientSecret, transport } = options;
  const answer = await transport.send({
    method: 'POST',
    url: `${origin}/identity/oauth/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    // In the body, where access logs do not see the secret.
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
  if (answer.status === null) throw new SyncError('MARKETO_UNREACHABLE', { reason: answer.reason });
  if (answer.status === 400 || answer.status === 401 || answer.status === 403)
    throw new SyncError('MARKETO_CREDENTIALS', { status: answer.status });
  if (answer.status !== 200) throw new SyncError('MARKETO_BUSY', { status: answer.status });
  const { access_token: text, expires_in: lifetime } = parsed(answer.text);
  if (typeof text !== 'string') throw new SyncError('MARKETO_ANSWER_INVALID', { part: 'access_token' });

  return { text, lifetimeMs: Number(lifetime ?? 0) * 1000 };
}

function parsed(text: string): TokenAnswer {
  try {
    return (JSON.parse(text) as TokenAnswer | null) ?? {};
  } catch (cause) {
    throw new SyncError('MARKETO_ANSWER_INVALID', { part: 'json' }, { cause });
  }
}
