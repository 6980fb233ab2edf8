import pLimit from 'p-limit';
import { request } from 'undici';
import type { OrganizationState, StateEntry } from './organizationState.ts';
import {
  messageNames,
  remoteExecutionContext,
  type CommittedChange,
  type MessageName,
} from './remoteExecutionContext.ts';

/** Where to call on a change of a table; `auth` goes into the query or the headers (facts, section 7). */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly table: string;
  /** Null for every message. */
  readonly message: MessageName | null;
  readonly auth: { readonly place: 'query' | 'header'; readonly pairs: Readonly<Record<string, string>> };
}

/** How often receivers were called, and what became of it. */
export interface WebhookCounts {
  delivered: number;
  failed: number;
  dropped: number;
}

export interface Webhooks {
  readonly counts: Readonly<WebhookCounts>;
  list(): readonly Webhook[];
  add(hook: Webhook): void;
  remove(id: string): void;
  /** Told of every change as it is logged; what its transaction takes back later is not sent. */
  changed(state: OrganizationState, sequence: number, entry: StateEntry): void;
  /** Sends nothing any more. */
  close(): void;
}

const inFlightMax = 8;
const queuedMax = 10_000;
const attemptsMax = 3;
const retryDelayMs = 500;
const timeoutMs = 60_000;

type Pending = CommittedChange & { readonly sequence: number };

/** Calls receivers after the commit, a bounded number at a time and of times. */
export function createWebhooks(): Webhooks {
  const hooks = new Map<string, Webhook>();
  const counts: WebhookCounts = { delivered: 0, failed: 0, dropped: 0 };
  const limit = pLimit(inFlightMax);
  const stop = new AbortController();
  let pending: Pending[] = [];

  const send = (state: OrganizationState, change: Pending): void => {
    for (const hook of hooks.values()) {
      if (!concerns(hook, change.entry)) continue;
      if (limit.pendingCount >= queuedMax) counts.dropped += 1;
      else void limit(() => deliver(callOf(state, hook, change), counts, stop.signal));
    }
  };
  const flush = (state: OrganizationState): void => {
    const changes = pending;
    pending = [];
    for (const change of changes) if (isCommitted(state, change)) send(state, change);
  };

  return {
    counts,
    list: () => [...hooks.values()],
    add: (hook) => void hooks.set(hook.id, hook),
    remove: (id) => void hooks.delete(id),
    changed(state, sequence, entry) {
      if (hooks.size === 0 || stop.signal.aborted) return;
      // A call is answered in one turn: in the next its transaction is over, one way or the other.
      if (pending.length === 0) setImmediate(flush, state);
      if (pending.length >= queuedMax) counts.dropped += 1;
      else pending.push({ sequence, entry, call: state.context });
    },
    close: () => stop.abort(),
  };
}

function concerns({ table, message }: Webhook, entry: StateEntry): boolean {
  return table === entry.table && (message === null || message === messageNames[entry.operation]);
}

/** A failed transaction takes its entries back, and others may have their numbers by now. */
function isCommitted(state: OrganizationState, { sequence, entry }: Pending): boolean {
  const [logged] = state.states.after(sequence - 1, 1);
  return logged?.sequence === sequence && logged.entry.version === entry.version;
}

type HookCall = { readonly url: string; readonly headers: Record<string, string>; readonly body: string };

function callOf(state: OrganizationState, { url, auth }: Webhook, change: Pending): HookCall {
  const address = new URL(url);
  if (auth.place === 'query')
    for (const [name, value] of Object.entries(auth.pairs)) address.searchParams.set(name, value);
  const correlationId = change.call?.correlationId ?? state.newId();
  const context = remoteExecutionContext(state, change, correlationId);
  const whole = JSON.stringify(context);
  const isTooLarge = Buffer.byteLength(whole) > state.settings.webhookBytesMax;
  const emptied = { ...context, InputParameters: [], PreEntityImages: [], PostEntityImages: [] };
  return {
    url: address.href,
    headers: {
      'content-type': 'application/json',
      'x-ms-dynamics-organization': 'emulated',
      'x-ms-dynamics-entity-name': change.entry.table,
      'x-ms-dynamics-request-name': messageNames[change.entry.operation],
      'x-ms-correlation-request-id': correlationId,
      ...(isTooLarge && { 'x-ms-dynamics-msg-size-exceeded': 'true' }),
      ...(auth.place === 'header' && auth.pairs),
    },
    body: isTooLarge ? JSON.stringify(emptied) : whole,
  };
}

async function deliver(call: HookCall, counts: WebhookCounts, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; attempt <= attemptsMax && !signal.aborted; attempt += 1) {
    if (await isTaken(call, signal)) {
      counts.delivered += 1;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryDelayMs * attempt).unref());
  }
  counts.failed += 1;
}

async function isTaken({ url, headers, body }: HookCall, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 300;
  } catch {
    return false;
  }
}
