import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { isSyncError, SyncError } from '@lockstep/change-events';
import { readCredential, type CredentialProof, type DynamicsCredential } from './credentials.ts';
import type { HttpTransport } from './httpTransport.ts';

/** Bearer tokens for one organisation. Both throw DYNAMICS_CREDENTIALS or DYNAMICS_UNREACHABLE. */
export type AccessTokens = {
  /** The cached token while it is valid. */
  current(): Promise<string>;
  /** A token from the network, for when the current one was refused; concurrent callers share one. `claims`: what the refusal asks for. */
  fresh(claims?: string | null): Promise<string>;
};

export type AccessTokenOptions = {
  readonly tenantId: string;
  /** Such as `https://login.microsoftonline.com`, with or without the tenant at the end. */
  readonly tokenAuthority: string;
  readonly clientId: string;
  readonly credential: DynamicsCredential;
  /** Such as `https://contoso.crm.dynamics.com/.default` (dataverse facts 5). */
  readonly scope: string;
  readonly transport: HttpTransport;
};

type Acquire = (how: { readonly skipCache: boolean; readonly claims?: string }) => Promise<string>;

/** Files are looked at again so often while their credential is in use. */
const credentialCheckMs = 10_000;

/** One application per process and credential, because the cache lives in it (dataverse facts 5.1). */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const application = rotatingApplication(options);
  const acquire: Acquire = async (how) => {
    const { acquire: ask } = await application.current();
    try {
      return await ask(how);
    } catch (error) {
      // The secret may have been exchanged a moment ago, in the file and at the token service.
      const renewed = isSyncError(error, 'DYNAMICS_CREDENTIALS') ? await application.changed() : null;
      if (!renewed) throw error;

      return renewed.acquire(how);
    }
  };
  let pending: Promise<string> | null = null;

  return {
    current: () => acquire({ skipCache: false }),
    fresh: (claims) => {
      pending ??= acquire({ skipCache: true, ...(typeof claims === 'string' && { claims }) }).finally(() => {
        pending = null;
      });

      return pending;
    },
  };
}

type Application = { readonly identity: string; readonly acquire: Acquire };

/** The application of the credential as its files hold it now. */
function rotatingApplication(options: AccessTokenOptions): {
  current(): Promise<Application>;
  /** The application of a changed credential; null when it is still the same. */
  changed(): Promise<Application | null>;
} {
  let application: Application | null = null;
  let checkedMs = -Infinity;
  const changed = async (): Promise<Application | null> => {
    checkedMs = performance.now();
    const { proof, identity } = await readCredential(options.credential);
    if (application?.identity === identity) return null;
    application = { identity, acquire: openApplication(options, proof) };

    return application;
  };

  return {
    changed,
    async current() {
      const isDue = performance.now() - checkedMs >= credentialCheckMs;
      const known = application;
      if (known && !isDue) return known;
      try {
        return (await changed()) ?? application ?? fail();
      } catch (error) {
        // A file that is being exchanged right now is no reason to give up a token that is still good.
        if (known) return known;
        throw error;
      }
    },
  };
}

function fail(): never {
  throw new SyncError('INTERNAL', { reason: 'no application for the credential' });
}

function openApplication(options: AccessTokenOptions, proof: CredentialProof): Acquire {
  const authority = authorityUrl(options.tokenAuthority, options.tenantId);
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: options.clientId,
      ...proof,
      authority: authority.href,
      // Without it an unknown host sends MSAL to Microsoft's instance discovery.
      knownAuthorities: [authority.host],
      // Says that we answer claims challenges, without which none is sent (dataverse facts 4.4).
      clientCapabilities: ['CP1'],
    },
    system: { networkClient: networkClient(options.transport) },
  });

  return async (how) => {
    const result = await application
      .acquireTokenByClientCredential({ scopes: [options.scope], ...how })
      .catch((cause: unknown) => {
        throw isSyncError(cause) ? cause : refusal(cause, authority.host);
      });
    if (!result) throw new SyncError('DYNAMICS_CREDENTIALS', { host: authority.host });

    return result.accessToken;
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
