import { answerCall } from '../api/answerCall.ts';
import type { Answer, Call } from '../api/call.ts';
import { callSwitches } from '../api/callSwitches.ts';
import type { CallContext } from '../core/application.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { Caller } from './admitCaller.ts';

function contextOf(state: OrganizationState, caller: Caller, call: Call): CallContext {
  const correlationId = call.headers['x-ms-correlation-request-id'] ?? state.newId();
  return { ...caller, ...callSwitches(caller.application, call), correlationId };
}

/** Answers a call in the name of its caller. */
export async function answerAs(state: OrganizationState, caller: Caller, call: Call): Promise<Answer> {
  state.context = contextOf(state, caller, call);
  try {
    return answerCall(state, call);
  } finally {
    state.context = undefined;
  }
}
