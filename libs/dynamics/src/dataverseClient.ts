import type { AccessTokens } from './accessTokens.ts';
import type { Governor } from './governor.ts';
import type { DataverseLane } from './governorQueue.ts';
import type { HttpAnswer, HttpTransport } from './httpTransport.ts';

export type DataverseOperation =
  | 'readPage'
  | 'readSince'
  | 'readWhere'
  | 'newestVersion'
  | 'countRows'
  | 'describe'
  | 'read'
  | 'update'
  | 'deleteRow'
  | 'mergeRow'
  | 'create'
  | 'findOwners'
  | 'createTask'
  | 'findCampaigns'
  | 'changeMembers';

export type DataverseCall = {
  readonly operation: DataverseOperation;
  readonly lane: DataverseLane;
  readonly table: string;
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Of an answer that is left compressed (`HttpRequest`). */
  readonly zippedFrom?: number;
};

/** One finished request, for metrics; `status` is null when no answer came. */
export type DataverseRequest = {
  readonly operation: DataverseOperation;
  readonly table: string;
  readonly status: number | null;
  readonly durationMs: number;
};

export type DataverseClient = { send(call: DataverseCall): Promise<HttpAnswer> };

/** Headers that every request carries (dataverse facts 3.1). */
const standingHeaders = { accept: 'application/json', 'odata-version': '4.0', 'odata-maxversion': '4.0' };
/** On reads it keeps proxies from answering out of their caches. */
const readHeaders = { 'if-none-match': 'null' };
const writeHeaders = { 'content-type': 'application/json' };

type ClientParts = {
  readonly transport: HttpTransport;
  readonly tokens: AccessTokens;
  readonly governor: Governor;
  readonly onRequest: (request: DataverseRequest) => void;
};

/**
 * Authorised requests. A 401 means that nothing was done, so even a write is sent once more, with a fresh token; a
 * second 401 is the caller's to judge.
 */
export function createDataverseClient(parts: ClientParts): DataverseClient {
  const { transport, tokens, governor, onRequest } = parts;
  const sendNow = async (call: DataverseCall, token: string): Promise<HttpAnswer> => {
    const { operation, table, method, url, headers, body, signal, zippedFrom } = call;
    const startedMs = performance.now();
    let status: number | null = null;
    try {
      const answer = await transport.send({
        method,
        url,
        headers: {
          ...standingHeaders,
          ...(method === 'GET' ? readHeaders : writeHeaders),
          ...headers,
          authorization: `Bearer ${token}`,
        },
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
        ...(zippedFrom !== undefined && { zippedFrom }),
      });
      status = answer.status;

      return answer;
    } finally {
      onRequest({ operation, table, status, durationMs: performance.now() - startedMs });
    }
  };

  const sendWith = (call: DataverseCall, token: string): Promise<HttpAnswer> =>
    governor.run(call, () => sendNow(call, token));

  return {
    async send(call) {
      const answer = await sendWith(call, await tokens.current());
      if (answer.status !== 401) return answer;

      return sendWith(call, await tokens.fresh(claimsOf(answer)));
    },
  };
}

/** What a continuous access evaluation asks the next token to prove (dataverse facts 4.4); null when it does not. */
function claimsOf({ headers }: HttpAnswer): string | null {
  const challenge = String(headers['www-authenticate'] ?? '');
  const encoded = /error="insufficient_claims"/.test(challenge)
    ? /claims="([A-Za-z0-9+/=_-]+)"/.exec(challenge)?.[1]
    : undefined;

  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}
