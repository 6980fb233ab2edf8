import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { badRequest, type DataverseError } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { messageNames, type Webhook } from './webhook.ts';
import { remoteExecutionContext, type ChangeOfCall } from './remoteExecutionContext.ts';

/** One call of a receiver, ready to be sent. */
interface HookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const attemptsMax = 2;
const retryDelayMs = 500;
/** These alone are tried again, once (Microsoft's page on webhooks). */
const passing = new Set([502, 503, 504]);

const refusals = {
  status: [
    '0x80050201',
    'The webhook call failed because the http request received non-success httpStatus code.',
  ],
  timeout: ['0x80050202', 'The webhook call failed because the Http request timed out at client side.'],
  header: ['0x80050203', 'The webhook call failed because of invalid http headers in authValue.'],
  query: ['0x80050204', 'The webhook call failed because of invalid http query params in authValue.'],
  unreachable: ['0x80050205', 'The webhook call failed during http post.'],
} as const;

/** Why a receiver did not take a call. */
type Refusal = keyof typeof refusals;

function bodyOf(
  state: OrganizationState,
  hook: Webhook,
  change: ChangeOfCall,
): { text: string; isCut: boolean } {
  const context = remoteExecutionContext(state, hook, change);
  const text = JSON.stringify(context);
  const isCut = Buffer.byteLength(text) > state.settings.webhookBytesMax;
  const emptied = { ParentContext: null, InputParameters: [], PreEntityImages: [], PostEntityImages: [] };
  return { text: isCut ? JSON.stringify({ ...context, ...emptied }) : text, isCut };
}

/** The call of a webhook for a change; above the limit of its size it goes without data. */
function callOf(state: OrganizationState, hook: Webhook, change: ChangeOfCall): HookCall | undefined {
  const { place, pairs } = hook.auth;
  if (!pairs) return undefined;
  const url = new URL(hook.url);
  if (place === 'query') for (const [name, value] of Object.entries(pairs)) url.searchParams.set(name, value);
  const { text, isCut } = bodyOf(state, hook, change);
  return {
    url: url.href,
    headers: {
      'content-type': 'application/json',
      'x-ms-dynamics-organization': 'emulated',
      'x-ms-dynamics-entity-name': change.entry.table,
      'x-ms-dynamics-request-name': messageNames[change.entry.operation],
      'x-ms-correlation-request-id': change.correlationId,
      ...(isCut && { 'x-ms-dynamics-msg-size-exceeded': 'true' }),
      ...(place === 'header' && pairs),
    },
    body: text,
  };
}

async function post(
  { url, headers, body }: HookCall,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<number | Refusal> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await request(url, { method: 'POST', headers, body, signal });
    await answer.body.dump();
    return answer.statusCode;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'timeout' : 'unreachable';
  }
}

/**
 * Calls a receiver, once more when a gateway failed. Answers why it did not take the call, undefined when it did. The data
 * is put together at once, so later changes do not show in it.
 */
export function callHook(
  state: OrganizationState,
  hook: Webhook,
  change: ChangeOfCall,
  stop: AbortSignal,
): () => Promise<Refusal | undefined> {
  const call = callOf(state, hook, change);
  const { webhookTimeoutMs } = state.settings;
  return async () => {
    if (!call) return hook.auth.place;
    for (let attempt = 1; ; attempt += 1) {
      const status = await post(call, webhookTimeoutMs, stop);
      if (typeof status === 'string') return status;
      if (status >= 200 && status < 300) return undefined;
      if (!passing.has(status) || attempt === attemptsMax) return 'status';
      await sleep(retryDelayMs, undefined, { ref: false });
    }
  };
}

/** What a write is refused with when a synchronous webhook did not take its call. */
export function hookError(refusal: Refusal): DataverseError {
  const [code, message] = refusals[refusal];
  return badRequest(code, message);
}
