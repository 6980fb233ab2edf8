import { answerCall } from '../api/answerCall.ts';
import type { Answer, Call } from '../api/call.ts';
import { callSwitches } from '../api/callSwitches.ts';
import type { CallContext } from '../core/application.ts';
import { withSynchronousSteps } from '../core/judgement.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { Caller } from './admitCaller.ts';

function contextOf(state: OrganizationState, caller: Caller, call: Call): CallContext {
  const correlationId = call.headers['x-ms-correlation-request-id'] ?? state.newId();
  return { ...caller, ...callSwitches(caller.application, call), correlationId };
}

/** Answers a call in the name of its caller. */
export async function answerAs(state: OrganizationState, caller: Caller, call: Call): Promise<Answer> {
  const context = contextOf(state, caller, call);
  const answer = (): Answer => {
    state.context = context;
    try {
      return answerCall(state, call);
    } finally {
      state.context = undefined;
    }
  };
  return call.method === 'GET' ? answer() : withSynchronousSteps(state, answer);
}
