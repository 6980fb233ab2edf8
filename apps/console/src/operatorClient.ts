import { errorTable, SyncError, type ErrorCode } from '@lockstep/change-events';
import type { ApiConfig } from './config.ts';

/** Calls of the operator's API; `path` begins with `/v1/`. */
export type OperatorClient = {
  /** Throws the code of the answer when it is not a success, and API_UNREACHABLE. */
  get<Answer>(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
};

const timeoutMs = 60_000;

/** The API that the settings name. Throws CONFIG_INVALID where they name none. */
export function openClient({ lockstepApiUrl: url, lockstepApiToken: token }: ApiConfig): OperatorClient {
  if (url === undefined)
    throw new SyncError('CONFIG_INVALID', { LOCKSTEP_API_URL: 'is missing; this command asks the API.' });

  return {
    get: (path, query = {}) => {
      const address = new URL(`${url}${path}`);
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) address.searchParams.set(name, value);
      return call(address, token, {});
    },
    post: (path, body) =>
      call(new URL(`${url}${path}`), token, { method: 'POST', body: JSON.stringify(body) }),
  };
}

async function call<Answer>(url: URL, token: string | undefined, init: RequestInit): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token ?? ''}`,
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(url, { ...init, headers, signal }).catch((cause: unknown) => {
    throw new SyncError('API_UNREACHABLE', { host: url.host, reason: reasonOf(cause) }, { cause });
  });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return body as Answer;
  throw failure(answer.status, body, url);
}

/** What `fetch` says is that it failed; why is in the cause of that. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  const { code } = (cause ?? {}) as { code?: unknown };

  return typeof code === 'string' ? code : name;
}

function failure(status: number, body: unknown, { host }: URL): SyncError {
  const { code, detail = null } = (body ?? {}) as { code?: string; detail?: string | null };
  const isKnown = code !== undefined && Object.hasOwn(errorTable, code);

  return new SyncError(isKnown ? (code as ErrorCode) : 'API_UNREACHABLE', { host, status, detail });
}
