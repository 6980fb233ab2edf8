import { apiError } from './apiError.ts';
import { callerOf } from './apiUsers.ts';
import { countErrors, enterCall, leaveCall } from './callLimiter.ts';
import { logCall, pathOf } from './callLog.ts';
import { runWithFault } from './faultyCall.ts';
import type { FaultAction } from './faults.ts';
import { takeFault } from './faults.ts';
import type { Instance } from './instance.ts';
import type { RestCall } from './restCall.ts';
import type { Answer, Caller } from './runCall.ts';
import { errorAnswer, runCall } from './runCall.ts';

/** One REST call from arrival to answer: token, limits, delay, faults, endpoint, call log. */
export async function handleCall(instance: Instance, call: RestCall): Promise<Answer> {
  const startedAt = instance.now();
  const requestId = nextRequestId(instance, startedAt);
  const fault = takeFault(instance.faults, { ...call, path: pathOf(call) });
  const caller = callerOf(instance.access, startedAt, authorizationOf(instance, call));
  const answer =
    'code' in caller
      ? errorAnswer(requestId, caller.code)
      : await admitAndRun(instance, call, { requestId, user: caller.user }, fault);
  countErrors(instance.limiter, instance.now(), answer.codes);
  const actor = 'code' in caller ? null : caller.user.userId;
  logCall(instance, call, { answer, startedAt, requestId, actor });
  return answer;
}

/** Counter and epoch milliseconds in hexadecimal (facts 2.1). */
export function nextRequestId(instance: Instance, now: number): string {
  instance.lastRequestNumber += 1;
  return `${instance.lastRequestNumber.toString(16)}#${now.toString(16)}`;
}

async function admitAndRun(
  instance: Instance,
  call: RestCall,
  { requestId, user }: Caller,
  fault: FaultAction | undefined,
): Promise<Answer> {
  const now = instance.now();
  const refused = enterCall(instance.limiter, instance.settings, now, user.userId);
  if (refused !== undefined) return errorAnswer(requestId, refused, refusalText(instance, refused));
  let answer: Answer | undefined;
  try {
    await instance.pause(Math.round(instance.random() * instance.settings.latencyMs));
    const run = (): Promise<Answer> => runCall(instance, call, { requestId, user });
    answer = await runWithFault(instance, run, fault, requestId);
    await instance.pause(recordsMs(instance, answer));
    return answer;
  } finally {
    leaveCall(instance.limiter, now, user.userId, answer?.codes ?? []);
  }
}

function authorizationOf({ settings }: Instance, { authorization, query }: RestCall): string | undefined {
  const token = settings.tokenInQuery ? new URLSearchParams(query).get('access_token') : null;
  return authorization ?? (token === null ? undefined : `Bearer ${token}`);
}

// Between two and four thirds of the set time.
function recordsMs({ settings, random }: Instance, { records = 0 }: Answer): number {
  return Math.round(((2 + 2 * random()) / 3) * records * settings.answerMsPerRecord);
}

function refusalText({ settings }: Instance, code: string): string {
  const seconds = settings.rateWindowMs / 1000;
  if (code === '606')
    return `Max rate limit '${settings.callsPerWindowMax}' exceeded with in '${seconds}' secs`;
  if (code === '607') return `Daily quota '${settings.callsPerDayMax}' reached`;
  if (code === '615') return `Concurrent access limit '${settings.concurrentCallsMax}' reached`;
  return apiError(code).message;
}
