import type { FaultAction } from './faults.ts';
import type { Instance } from './instance.ts';
import type { Answer } from './runCall.ts';
import { errorAnswer } from './runCall.ts';
import { runLater } from './waitingTasks.ts';

type Run = () => Promise<Answer>;

const dropped: Answer = { status: 0, body: '', codes: [], reasonCodes: [], isDropped: true };

/** Runs a call the way an armed fault wants it, or plainly without one. */
export async function runWithFault(
  instance: Instance,
  run: Run,
  fault: FaultAction | undefined,
  requestId: string,
): Promise<Answer> {
  if (fault === undefined) return run();
  switch (fault.kind) {
    case 'envelope':
      return errorAnswer(requestId, fault.code, fault.message);
    case 'commitThenEnvelope':
      await run();
      return errorAnswer(requestId, fault.code, fault.message);
    case 'commitLater':
      runLater(instance, fault.delayMs, async () => void (await run()));
      return errorAnswer(requestId, fault.code, fault.message);
    case 'status':
      return httpError(fault.status);
    case 'commitTwice':
      return (await Promise.all([run(), run()]))[0];
    case 'commitThenStatus':
      await run();
      return httpError(fault.status);
    default:
      return runDamaged(instance, run, fault);
  }
}

const httpError = (status: number): Answer => ({
  status,
  body: `HTTP ${status}`,
  codes: [],
  reasonCodes: [],
});

async function runDamaged(
  instance: Instance,
  run: Run,
  fault: Extract<FaultAction, { kind: 'drop' | 'commitThenDrop' | 'delay' | 'truncate' | 'commitThenBody' }>,
): Promise<Answer> {
  if (fault.kind === 'drop') return dropped;
  if (fault.kind === 'delay') await instance.pause(fault.delayMs);
  const answer = await run();
  if (fault.kind === 'commitThenDrop') return dropped;
  if (fault.kind === 'delay') return answer;
  if (fault.kind === 'commitThenBody') return { ...answer, status: 200, body: fault.body };
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
}
