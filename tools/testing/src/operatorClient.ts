import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './controlApi.ts';
import type { ServiceProcess } from './serviceProcess.ts';

/** Token of the operator's API in tests. */
export const operatorToken = 'a-token-of-sixteen-characters';

/** What an operator's question was refused with. */
export class OperatorRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the operator's API of a reconciler whose `API_TOKEN` is `operatorToken`; throws an `OperatorRefusal` with its answer when it refuses. */
export async function askOperator<Answer = Values>(
  { url }: Pick<ServiceProcess, 'url'>,
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    headers: {
      authorization: `Bearer ${operatorToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new OperatorRefusal(answer.status, `${path}: ${await answer.text()}`);

  return (await answer.json()) as Answer;
}

const pauseMinMs = 500;
/** An answer that takes long is asked for less often: who gives it may share the processor with what is waited for. */
const pausePerAnswer = 4;

/** Asks until it holds; throws with the last answer after `timeoutMs`. */
export async function untilHolds<Value>(
  ask: () => Promise<Value>,
  holds: (value: Value) => boolean,
  timeoutMs: number,
): Promise<Value> {
  const startedMs = performance.now();
  for (;;) {
    const askedMs = performance.now();
    const value = await ask();
    if (holds(value)) return value;
    const nowMs = performance.now();
    if (nowMs - startedMs > timeoutMs)
      throw new Error(`not so after ${timeoutMs} ms: ${JSON.stringify(value)}`);
    await sleep(Math.max(pauseMinMs, pausePerAnswer * (nowMs - askedMs)));
  }
}
