import pLimit from 'p-limit';
import { callHook } from './hookCall.ts';
import type { StateEntry } from './stateLog.ts';
import type { OrganizationState, WebhookCounts, Webhooks } from './organizationState.ts';
import { createRegisteredSteps } from './registeredSteps.ts';
import { messageNames, type Webhook } from './webhook.ts';
import type { ChangeOfCall } from './remoteExecutionContext.ts';

const inFlightMax = 8;
const queuedMax = 10_000;

type Pending = ChangeOfCall & { readonly sequence: number };

/** Calls receivers after the commit, a bounded number at a time; knows which are asked before it. */
export function createWebhooks(): Webhooks {
  const added = new Map<string, Webhook>();
  const registered = createRegisteredSteps();
  const counts: WebhookCounts = { delivered: 0, failed: 0, dropped: 0 };
  const limit = pLimit(inFlightMax);
  const stop = new AbortController();
  let pending: Pending[] = [];

  const all = (state: OrganizationState): readonly Webhook[] =>
    added.size === 0 ? registered(state) : [...added.values(), ...registered(state)];
  const send = (state: OrganizationState, change: Pending): void => {
    for (const hook of all(state)) {
      if (hook.mode !== 'asynchronous' || !concerns(state, hook, change)) continue;
      if (limit.pendingCount >= queuedMax) counts.dropped += 1;
      else void limit(count, callHook(state, hook, change, stop.signal), counts);
    }
  };
  const flush = (state: OrganizationState): void => {
    const changes = pending;
    pending = [];
    for (const change of changes) if (isCommitted(state, change)) send(state, change);
  };

  return {
    counts,
    list: () => [...added.values()],
    add: (hook) => void added.set(hook.id, hook),
    remove: (id) => void added.delete(id),
    changed(state, sequence, entry) {
      if (stop.signal.aborted || all(state).length === 0) return;
      // A call is answered in one turn: in the next its transaction is over, one way or the other.
      if (pending.length === 0) setImmediate(flush, state);
      if (pending.length >= queuedMax) counts.dropped += 1;
      else pending.push({ sequence, ...changeOfCall(state, entry) });
    },
    synchronous: (state, entry) =>
      all(state).filter(
        (hook) => hook.mode === 'synchronous' && concerns(state, hook, changeOfCall(state, entry)),
      ),
    mayJudge: (state) => all(state).some(({ mode }) => mode === 'synchronous'),
    stopped: stop.signal,
    close: () => stop.abort(),
  };
}

/** A change with the call that it came from, if any. */
export function changeOfCall(state: OrganizationState, entry: StateEntry): ChangeOfCall {
  const call = state.context;
  return { entry, call, correlationId: call?.correlationId ?? state.newId() };
}

function isBypassed(hook: Webhook, call: ChangeOfCall['call']): boolean {
  if (!call) return false;
  const bypasses = hook.mode === 'synchronous' ? call.bypassesSync : call.bypassesAsync;
  return bypasses || call.bypassedSteps.has(hook.id);
}

/** Filtering columns are those an update writes, changed or not. */
function isWritten(state: OrganizationState, { filteringColumns }: Webhook, entry: StateEntry): boolean {
  if (filteringColumns === null || entry.operation !== 'update') return true;
  const columns = state.tables.get(entry.table)?.byProperty;
  return (entry.written ?? []).some((property) =>
    filteringColumns.has(columns?.get(property)?.name ?? property),
  );
}

function concerns(state: OrganizationState, hook: Webhook, { entry, call }: ChangeOfCall): boolean {
  const { table, message } = hook;
  const isNamed =
    (table ?? entry.table) === entry.table &&
    (message ?? messageNames[entry.operation]) === messageNames[entry.operation];
  return isNamed && isWritten(state, hook, entry) && !isBypassed(hook, call);
}

/** A failed transaction takes its entries back, and others may have their numbers by now. */
function isCommitted(state: OrganizationState, { sequence, entry }: Pending): boolean {
  const [logged] = state.states.after(sequence - 1, 1);
  return logged?.sequence === sequence && logged.entry.version === entry.version;
}

async function count(deliver: ReturnType<typeof callHook>, counts: WebhookCounts): Promise<void> {
  if ((await deliver()) === undefined) counts.delivered += 1;
  else counts.failed += 1;
}
