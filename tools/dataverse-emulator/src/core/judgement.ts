import { callHook, hookError } from './hookCall.ts';
import { DataverseError, errorCodes } from './dataverseError.ts';
import type { StateEntry } from './stateLog.ts';
import type { Judgement, OrganizationState } from './organizationState.ts';
import type { ChangeOfCall } from './remoteExecutionContext.ts';
import { inTransaction } from './transaction.ts';
import type { Webhook } from './webhook.ts';
import { changeOfCall } from './webhooks.ts';

interface Verdict {
  /** Names the change and the version it was made on. */
  readonly mark: string;
  readonly refusal: DataverseError | undefined;
}

/** Ends an attempt: receivers have to be asked, which takes time, so everything is taken back until they have answered. */
class Unjudged extends Error {
  readonly change: ChangeOfCall;
  readonly hooks: readonly Webhook[];

  constructor(change: ChangeOfCall, hooks: readonly Webhook[]) {
    super('receivers have to be asked');
    this.name = 'Unjudged';
    this.change = change;
    this.hooks = hooks;
  }
}

const restartsMax = 10;

function markOf({ operation, table, id, before }: StateEntry): string {
  return [operation, table, id, before?.['versionnumber'] ?? 0].join(' ');
}

interface Case {
  readonly state: OrganizationState;
  readonly verdicts: Verdict[];
  readonly ids: string[];
  /** How often a change was another one than the receivers had been asked about. */
  restarts: number;
}

/** Goes through the verdicts again, from the first on. */
function createJudgement({ state, verdicts }: Case, onStale: () => void): Judgement {
  let position = 0;
  return {
    judge(entry) {
      const hooks = state.webhooks.synchronous(state, entry);
      if (hooks.length === 0) return;
      const verdict = verdicts[position];
      if (verdict?.mark !== markOf(entry)) {
        if (verdict) onStale();
        verdicts.length = position;
        throw new Unjudged(changeOfCall(state, entry), hooks);
      }
      position += 1;
      if (verdict.refusal) throw verdict.refusal;
    },
  };
}

/** Every attempt draws the same ids: the rows that receivers were asked about are those that are written. */
function withIds<Result>({ state, ids }: Case, work: () => Result): Result {
  const draw = state.newId;
  let drawn = 0;
  state.newId = () => {
    const id = ids[drawn] ?? draw();
    ids[drawn] = id;
    drawn += 1;
    return id;
  };
  try {
    return work();
  } finally {
    state.newId = draw;
  }
}

/** Runs the work to its end, or up to the first change that has to be judged: then all of it is undone. */
function attempt<Result>(of: Case, work: () => Result): { readonly result: Result } | Unjudged {
  const { state } = of;
  const called = state.calls.last();
  state.judgement = createJudgement(of, () => (of.restarts += 1));
  try {
    return { result: withIds(of, () => inTransaction(state, work)) };
  } catch (error) {
    if (!(error instanceof Unjudged)) throw error;
    state.calls.discardAfter(called);
    return error;
  } finally {
    state.judgement = undefined;
  }
}

/** Asks one receiver after the other; the first refusal ends it. */
async function ask(state: OrganizationState, { change, hooks }: Unjudged): Promise<Verdict> {
  const mark = markOf(change.entry);
  for (const hook of hooks) {
    const refusal = await callHook(state, hook, change, state.webhooks.stopped)();
    if (refusal) return { mark, refusal: hookError(refusal) };
  }
  return { mark, refusal: undefined };
}

/**
 * Runs work that writes. Where synchronous webhooks are registered, their receivers are asked about each change before it is
 * committed, and a refusal fails the write as it would anywhere in it. Others may write meanwhile: a change that is no longer
 * the one that was asked about is asked about again, up to a limit.
 */
export async function withSynchronousSteps<Result>(
  state: OrganizationState,
  work: () => Result,
): Promise<Result> {
  if (!state.webhooks.mayJudge(state)) return work();
  const of: Case = { state, verdicts: [], ids: [], restarts: 0 };
  for (;;) {
    const outcome = attempt(of, work);
    if (!(outcome instanceof Unjudged)) return outcome.result;
    if (of.restarts > restartsMax)
      throw new DataverseError(
        500,
        errorCodes.concurrentOperation,
        'The row was changed again and again meanwhile.',
      );
    of.verdicts.push(await ask(state, outcome));
  }
}
