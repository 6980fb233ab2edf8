import { request } from 'undici';
import type { Agent } from 'undici';

export type JsonCall = {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly dispatcher?: Agent;
};

const requestTimeoutMs = 30_000;

/** One call that must succeed. Throws with status and address; the body stays out, because it may hold personal data. */
export async function callJson<Answer>(url: string, call: JsonCall = {}): Promise<Answer> {
  const { dispatcher } = call;
  const answer = await request(url, {
    ...contentOf(call),
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    ...(dispatcher && { dispatcher }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) throw new Error(`${answer.statusCode} from ${new URL(url).pathname}`);
  return JSON.parse(text) as Answer;
}

function contentOf({ method, headers, body }: JsonCall) {
  if (body === undefined) return { method: method ?? 'GET', headers: { ...headers } };
  return {
    method: method ?? 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
