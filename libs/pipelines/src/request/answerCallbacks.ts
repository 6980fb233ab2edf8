import { hasEnded, isSyncError, SyncError, type MarketerRequest } from '@lockstep/change-events';
import type { CallbackStore, Clock, FlowStepCallback, Lease, RequestStore } from '@lockstep/ports';
import type { Stepper } from '../extractChanges.ts';

/** Tells Marketo what became of the requests of one call. Throws MARKETO_UNREACHABLE when it may be tried again, CALLBACK_REFUSED when not. */
export type AnswerFlowStep = (
  callback: FlowStepCallback,
  requests: readonly MarketerRequest[],
) => Promise<void>;

export type AnswerCallbacksOptions = {
  readonly callbacks: CallbackStore;
  readonly requests: Pick<RequestStore, 'find'>;
  readonly answer: AnswerFlowStep;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly onAnswered: (result: 'answered' | 'refused') => void;
};

const idleMs = 1_000;
const batchMax = 50;
/** With pauses of 2, 4, 8 and 16 s in between. */
const triesMax = 5;
const firstPauseMs = 2_000;

/**
 * Answers each callback once: when all of its requests have ended, or at its time limit with the states they have then. One
 * that cannot be delivered is given up after five tries, which takes nothing from the requests.
 */
export function createCallbackAnswerer(options: AnswerCallbacksOptions): Stepper {
  const { callbacks, clock } = options;

  return {
    async step() {
      const due = await callbacks.due(clock.now(), batchMax);
      await Promise.all(due.map((callback) => settle(options, callback)));

      return { idleMs: due.length < batchMax ? idleMs : 0 };
    },
    close: () => Promise.resolve(),
  };
}

async function settle(options: AnswerCallbacksOptions, callback: FlowStepCallback): Promise<void> {
  const { callbacks, requests, clock } = options;
  const { callbackId, requestIds, answerAtMs, failures } = callback;
  const states = [...(await requests.find(requestIds)).values()];
  const nowMs = clock.now();
  if (nowMs < answerAtMs && !states.every(hasEnded)) {
    await callbacks.postpone(callbackId, { dueAtMs: Math.min(nowMs + idleMs, answerAtMs), failures });
    return;
  }
  const result = await tryAnswer(options, callback, states);
  if (result === 'again') {
    const dueAtMs = clock.now() + firstPauseMs * 2 ** failures;
    await callbacks.postpone(callbackId, { dueAtMs, failures: failures + 1 });
    return;
  }
  await callbacks.remove(callbackId);
  options.onAnswered(result);
}

async function tryAnswer(
  { answer, lease }: AnswerCallbacksOptions,
  callback: FlowStepCallback,
  states: readonly MarketerRequest[],
): Promise<'answered' | 'refused' | 'again'> {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo/callbacks' });
  try {
    await answer(callback, states);
    return 'answered';
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_UNREACHABLE', 'CALLBACK_REFUSED')) throw error;
    const isLast = callback.failures + 1 >= triesMax;
    return error.code === 'CALLBACK_REFUSED' || isLast ? 'refused' : 'again';
  }
}
