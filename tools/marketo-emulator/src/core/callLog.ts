import type { CallEntry, Instance } from './instance.ts';
import type { RestCall } from './restCall.ts';
import type { Answer } from './runCall.ts';
import { append } from './sequencedLog.ts';

/** Writes an answered call down; HTTP-level refusals are logged with the same function. */
export function logCall(
  instance: Instance,
  call: RestCall,
  done: {
    readonly answer: Answer;
    readonly startedAt: number;
    readonly requestId: string;
    /** Address of the user; null when nobody knows the caller. */
    readonly actor: string | null;
  },
): void {
  const { answer, startedAt, requestId, actor } = done;
  const entry: CallEntry = {
    at: startedAt,
    requestId,
    actor,
    method: call.method,
    path: pathOf(call),
    status: answer.isDropped === true ? 0 : answer.status,
    codes: [...answer.codes, ...answer.reasonCodes],
    durationMs: instance.now() - startedAt,
    requestBody: call.body,
  };
  append(instance.calls, entry, instance.settings.callLogMax);
  boundBodies(instance, call.body.length);
}

/** Path and query as the call log and fault patterns see them. */
export function pathOf({ pathname, query }: RestCall): string {
  return query === '' ? pathname : `${pathname}?${query}`;
}

// Request bodies are what makes the log large, so the oldest lose theirs first.
function boundBodies(instance: Instance, added: number): void {
  const bodies = instance.callBodies;
  bodies.keptChars += added;
  while (bodies.keptChars > instance.settings.callBodyCharsMax) {
    bodies.blankedThrough = Math.max(bodies.blankedThrough + 1, instance.calls.first);
    const entry = instance.calls.entries[bodies.blankedThrough - instance.calls.first];
    if (entry === undefined) {
      bodies.keptChars = 0;
      return;
    }
    bodies.keptChars -= entry.requestBody.length;
    entry.requestBody = '';
  }
}
