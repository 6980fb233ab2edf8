import { SyncError, type ErrorDetails } from '@lockstep/change-events';
import { Agent, request } from 'undici';

/** `baseUrl` as Confluent's clients take it: `http://registry:8081`, or `.../apis/ccompat/v7` for Apicurio. */
export type RegistryAddress = {
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  readonly timeoutMs?: number;
};

export type RegistryAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type RegistryClient = {
  get(path: string): Promise<RegistryAnswer>;
  post(path: string, body: object): Promise<RegistryAnswer>;
  put(path: string, body: object): Promise<RegistryAnswer>;
};

const contentType = 'application/vnd.schemaregistry.v1+json';
const defaultTimeoutMs = 10_000;
/** Schemas are some kilobytes; whoever answers in the registry's place cannot fill the memory. */
const answerBytesMax = 16 * 1024 * 1024;

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Speaks Confluent's schema registry API. Answers below 500 are returned; the rest is REGISTRY_UNREACHABLE. */
export function createRegistryClient({
  url,
  auth,
  timeoutMs = defaultTimeoutMs,
}: RegistryAddress): RegistryClient {
  const base = url.replace(/\/+$/, '');
  const dispatcher = new Agent({ maxResponseSize: answerBytesMax });
  const headers = {
    accept: contentType,
    'content-type': contentType,
    ...(auth && {
      authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`,
    }),
  };

  async function send(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<RegistryAnswer> {
    try {
      const answer = await request(base + path, {
        method,
        headers,
        dispatcher,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      if (isUnusable(answer.statusCode)) throw unreachable({ path, status: answer.statusCode });
      return { status: answer.statusCode, body: parseBody(text) };
    } catch (cause) {
      if (cause instanceof SyncError) throw cause;
      throw unreachable({ path, reason: cause instanceof Error ? cause.message : 'unknown' }, cause);
    }
  }

  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
  };
}

/** Refused credentials and overload are healed outside of us, like a registry that is down. */
const isUnusable = (status: number): boolean =>
  status >= 500 || status === 401 || status === 403 || status === 429;

const unreachable = (details: ErrorDetails, cause?: unknown): SyncError =>
  new SyncError('REGISTRY_UNREACHABLE', details, cause === undefined ? undefined : { cause });
