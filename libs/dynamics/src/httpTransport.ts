import { isAscii } from 'node:buffer';
import { setMaxListeners } from 'node:events';
import { createSecureContext, rootCertificates, type SecureContextOptions } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isSyncError, SyncError } from '@lockstep/change-events';
import { Agent, type Dispatcher } from 'undici';
import { chunkBytes } from './chunkBytes.ts';

const inflate = promisify(gunzip);

export type HttpRequest = {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** A good answer that takes at least so many bytes, compressed, is left as it came. */
  readonly zippedFrom?: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty where the answer was left as it came. */
  readonly text: string;
  readonly zipped?: ZippedText;
};

/** `text` throws what `send` would have thrown. */
export type ZippedText = { readonly bytes: Buffer; readonly bytesMax: number; text(): Promise<string> };

/**
 * `send` resolves for every complete answer, whatever its status; throws DYNAMICS_ANSWER_INVALID with `bytesMax` for one that
 * is too large, and DYNAMICS_UNREACHABLE for all else.
 */
export type HttpTransport = {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
};

export type HttpTransportOptions = {
  /** PEM text of a private authority, trusted beside the public ones. */
  readonly privateAuthority: string | null;
  readonly tlsMinVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly connectionsMax: number;
  /** From the first byte sent to the last byte received. */
  readonly requestTimeoutMs: number;
  /** Most bytes of an answer, as it comes and unpacked. */
  readonly answerBytesMax: number;
};

/** Pooled HTTP with one deadline per request. Dataverse compresses its answers when asked to. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { privateAuthority, tlsMinVersion, connectionsMax } = options;
  const agent = new Agent({
    connections: connectionsMax,
    // The deadline below covers both; undici's own timers would be a second truth.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { secureContext: createSecureContext(trusted(privateAuthority, tlsMinVersion)) },
  });

  return {
    send: (request) => sendBefore(agent, request, options),
    close: () => agent.destroy(),
  };
}

/** Read once: with the public authorities it takes some 20 ms of processor, and a connection that is not given it reads its own. */
function trusted(
  privateAuthority: string | null,
  minVersion: HttpTransportOptions['tlsMinVersion'],
): SecureContextOptions {
  return { minVersion, ...(privateAuthority !== null && { ca: [...rootCertificates, privateAuthority] }) };
}

async function sendBefore(
  dispatcher: Dispatcher,
  request: HttpRequest,
  { requestTimeoutMs, answerBytesMax }: HttpTransportOptions,
): Promise<HttpAnswer> {
  const { url, signal, method, headers, body } = request;
  const target = new URL(url);
  const deadline = new AbortController();
  // Not AbortSignal.any: it would hang one more signal on the caller's long-lived one with every request.
  const stop = () => deadline.abort(new Error('stopped'));
  const timer = setTimeout(() => deadline.abort(new Error('timed out')), requestTimeoutMs);
  // As many requests as there are connections may hang on one signal; more than ten are no leak.
  if (signal) setMaxListeners(0, signal);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    const answer = await dispatcher.request({
      origin: target.origin,
      path: target.pathname + target.search,
      method,
      headers: { 'accept-encoding': 'gzip', ...headers },
      signal: deadline.signal,
      ...(body !== undefined && { body }),
    });

    return await answerOf(answer, request, answerBytesMax);
  } catch (cause) {
    throw failureOf(request, cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

const failureOf = ({ method, url }: HttpRequest, cause: unknown): SyncError =>
  isSyncError(cause)
    ? cause
    : new SyncError(
        'DYNAMICS_UNREACHABLE',
        { method, host: new URL(url).host, reason: reasonOf(cause) },
        { cause },
      );

/** undici's own decompression is still marked experimental. */
async function answerOf(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  request: HttpRequest,
  bytesMax: number,
): Promise<HttpAnswer> {
  const bytes = await bytesOf(body, bytesMax);
  const isZipped = headers['content-encoding'] === 'gzip';
  if (isZipped && status === 200 && bytes.length >= (request.zippedFrom ?? Infinity))
    return { status, headers, text: '', zipped: zippedText(bytes, bytesMax, request) };

  return { status, headers, text: decoded(isZipped ? await unpacked(bytes, bytesMax) : bytes) };
}

const zippedText = (bytes: Buffer, bytesMax: number, request: HttpRequest): ZippedText => ({
  bytes,
  bytesMax,
  async text() {
    try {
      return decoded(await unpacked(bytes, bytesMax));
    } catch (cause) {
      throw failureOf(request, cause);
    }
  },
});

/** Leaving the loop early hangs up. */
async function bytesOf(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }

  return Buffer.concat(chunks, size);
}

async function unpacked(bytes: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await inflate(bytes, { chunkSize: chunkBytes(bytes), maxOutputLength: bytesMax });
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(bytesMax) : error;
  }
}

const tooLarge = (bytesMax: number): SyncError =>
  new SyncError('DYNAMICS_ANSWER_INVALID', { reason: 'too large', bytesMax });

/** Where all is ASCII nothing has to be decoded: for a page a third of the work on its bytes. */
const decoded = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');

function reasonOf(cause: unknown): string {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };

  return String(code ?? message ?? 'unknown');
}
