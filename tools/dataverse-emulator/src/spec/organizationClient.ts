import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import {
  startDataverseEmulator,
  type DataverseEmulator,
  type DataverseEmulatorOptions,
} from '../startDataverseEmulator.ts';

/** Parsed JSON of an answer; tests read what they expect. */
export type Body = Record<string, unknown> & { value: Record<string, unknown>[] };

/** An answer as tests look at it. */
export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly body: Body;
  readonly code: string | undefined;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A running emulator with a caller that speaks real HTTP to it. */
export interface OrganizationClient {
  readonly emulator: DataverseEmulator;
  /** A call with a token; `target` is a path below the API or a whole link. */
  call(target: string, sent?: Sent): Promise<Answered>;
  /** What the control API answers. */
  control(path: string, body?: unknown, method?: string): Promise<Record<string, unknown>>;
  postToken(form: Record<string, string>): Promise<Answered>;
  /** The header of a call that a test sends itself. */
  authorization(): string;
  renewToken(): Promise<void>;
  seed(table: string, rows: readonly unknown[]): Promise<string[]>;
  close(): Promise<void>;
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { value: [] };
  }
}

async function send(url: string, sent: Sent & { dispatcher?: Agent }): Promise<Answered> {
  const answer = await request(url, {
    method: (sent.method ?? 'GET') as 'GET',
    headers: sent.headers ?? {},
    ...(sent.dispatcher ? { dispatcher: sent.dispatcher } : {}),
    ...(sent.body === undefined ? {} : { body: String(sent.body) }),
  });
  const text = await answer.body.text();
  const body = parsed(text);
  const failure = body['error'] as { code?: string } | undefined;
  return { status: answer.statusCode, headers: answer.headers, text, body, code: failure?.code };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Starts an emulator with the control API and gets a token. */
export async function startClient(options: DataverseEmulatorOptions = {}): Promise<OrganizationClient> {
  const emulator = await startDataverseEmulator({ control: true, ...options });
  const dispatcher = new Agent({ connect: { ca: readFileSync(emulator.caFile) } });
  let token = '';
  const client: OrganizationClient = {
    emulator,
    call: (target, sent = {}) =>
      send(target.startsWith('http') ? target : `${emulator.url}/api/data/v9.2/${target}`, {
        ...(sent.method === undefined ? {} : { method: sent.method }),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...sent.headers },
        ...(sent.body === undefined ? {} : { body: textOf(sent.body) }),
      }),
    async control(path, body, method = body === undefined ? 'GET' : 'POST') {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await send(`${emulator.url}/_control/${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    postToken: (form) =>
      send(`${emulator.tokenAuthority}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
        dispatcher,
      }),
    authorization: () => `Bearer ${token}`,
    async renewToken() {
      const answer = await client.postToken({
        grant_type: 'client_credentials',
        client_id: emulator.clientId,
        client_secret: emulator.clientSecret,
        scope: `${emulator.url}/.default`,
      });
      token = String(answer.body['access_token']);
    },
    async seed(table, rows) {
      return (await client.control('rows', { table, rows }))['ids'] as string[];
    },
    async close() {
      await dispatcher.close();
      await emulator.close();
    },
  };
  await client.renewToken();
  return client;
}
