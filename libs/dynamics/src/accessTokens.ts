import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { SyncError } from '@lockstep/change-events';
import type { HttpTransport } from './httpTransport.ts';

/** Bearer tokens for one organisation. Both throw DYNAMICS_CREDENTIALS or DYNAMICS_UNREACHABLE. */
export type AccessTokens = {
  /** The cached token while it is valid. */
  current(): Promise<string>;
  /** A token from the network, for when the current one was refused; concurrent callers share one. */
  fresh(): Promise<string>;
};

export type AccessTokenOptions = {
  readonly tenantId: string;
  /** Such as `https://login.microsoftonline.com`, with or without the tenant at the end. */
  readonly tokenAuthority: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Such as `https://contoso.crm.dynamics.com/.default` (dataverse facts 5). */
  readonly scope: string;
  readonly transport: HttpTransport;
};

/** One application per process, because the cache lives in it (dataverse facts 5.1). */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const authority = authorityUrl(options.tokenAuthority, options.tenantId);
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: options.clientId,
      clientSecret: options.clientSecret,
      authority: authority.href,
      // Without it an unknown host sends MSAL to Microsoft's instance discovery.
      knownAuthorities: [authority.host],
    },
    system: { networkClient: networkClient(options.transport) },
  });
  const acquire = async (skipCache: boolean): Promise<string> => {
    const result = await application
      .acquireTokenByClientCredential({ scopes: [options.scope], skipCache })
      .catch((cause: unknown) => {
        throw refusal(cause, authority.host);
      });
    if (!result) throw new SyncError('DYNAMICS_CREDENTIALS', { host: authority.host });

    return result.accessToken;
  };
  let pending: Promise<string> | null = null;

  return {
    current: () => acquire(false),
    fresh: () => {
      pending ??= acquire(true).finally(() => {
        pending = null;
      });

      return pending;
    },
  };
}

function authorityUrl(tokenAuthority: string, tenantId: string): URL {
  const base = tokenAuthority.replace(/\/+$/, '');

  return new URL(base.endsWith(`/${tenantId}`) ? base : `${base}/${tenantId}`);
}

/** What RFC 6749 (5.2) says when the client, its secret or its scope are wrong; all else is the network's fault. */
const refusals = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_resource',
  'invalid_scope',
  'unauthorized_client',
  'access_denied',
]);

function refusal(cause: unknown, host: string): SyncError {
  const reason = String((cause as { errorCode?: unknown } | null)?.errorCode ?? 'unknown');
  const code = refusals.has(reason) ? 'DYNAMICS_CREDENTIALS' : 'DYNAMICS_UNREACHABLE';

  return new SyncError(code, { host, reason }, { cause });
}

/** MSAL over our own pool, so that a private authority needs no environment variable. */
function networkClient(transport: HttpTransport): INetworkModule {
  const send = async (method: 'GET' | 'POST', url: string, options: RequestOptions = {}) => {
    const { headers = {}, body } = options;
    const answer = await transport.send({ method, url, headers, ...(body !== undefined && { body }) });

    return { status: answer.status, headers: singleValues(answer.headers), body: JSON.parse(answer.text) };
  };

  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

type RequestOptions = { headers?: Record<string, string>; body?: string };

function singleValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
