import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';

const inflate = promisify(gunzip);

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where it may take longer than most. */
  readonly timeoutMs?: number | undefined;
};

/** A complete answer, or the reason why none came. */
export type HttpAnswer =
  { readonly status: number; readonly text: string } | { readonly status: null; readonly reason: string };

/** `send` never rejects: whether a lost answer is harmless depends on what was asked. */
export type HttpTransport = {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
};

export type HttpTransportOptions = {
  readonly connectionsMax: number;
  readonly requestTimeoutMs: number;
  /** Most bytes of an answer, as it comes and unpacked; 64 MB by default, of which a page of Marketo is a small part. */
  readonly answerBytesMax?: number;
  /** The time that an answer carries, in ms since 1970. */
  readonly onDate: (dateMs: number) => void;
};

/** Pooled HTTP with one deadline per request, from the first byte sent to the last received. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { connectionsMax: connections, answerBytesMax = 64 * 1024 * 1024 } = options;
  // The deadline covers both; undici's own timers would be a second truth.
  const timers = { headersTimeout: 0, bodyTimeout: 0 };
  const agent = new Agent({ connections, ...timers, maxResponseSize: answerBytesMax });

  return {
    send: (request) => sendBefore(agent, request, { ...options, answerBytesMax }),
    close: () => agent.destroy(),
  };
}

async function sendBefore(
  dispatcher: Dispatcher,
  { method, url, headers, body, timeoutMs }: HttpRequest,
  { requestTimeoutMs, answerBytesMax, onDate }: Required<HttpTransportOptions>,
): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(url);
  try {
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method,
      headers: { accept: 'application/json', 'accept-encoding': 'gzip', ...headers },
      signal: AbortSignal.timeout(timeoutMs ?? requestTimeoutMs),
      ...(body !== undefined && { body }),
    });
    const dateMs = Date.parse(String(answer.headers['date']));
    if (!Number.isNaN(dateMs)) onDate(dateMs);

    return { status: answer.statusCode, text: await textOf(answer, answerBytesMax) };
  } catch (cause) {
    return { status: null, reason: reasonOf(cause) };
  }
}

/** undici's own decompression is still marked experimental. */
async function textOf({ headers, body }: Dispatcher.ResponseData, bytesMax: number): Promise<string> {
  const bytes = Buffer.from(await body.arrayBuffer());
  const isPacked = headers['content-encoding'] === 'gzip';

  return (isPacked ? await inflate(bytes, { maxOutputLength: bytesMax }) : bytes).toString('utf8');
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  const code = (cause as { code?: unknown }).code;

  return typeof code === 'string' ? code : cause.name;
}
