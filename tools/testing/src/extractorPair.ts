import { setTimeout as sleep } from 'node:timers/promises';
import type { LockstepServices } from './lockstepServices.ts';
import type { ServiceProcess } from './serviceProcess.ts';

/** An active extractor and its standby, of which the active one can be killed again and again. */
export type ExtractorPair = {
  /** Resolves when one process is active and the other stands by. */
  untilPaired(signal: AbortSignal): Promise<void>;
  /** Kills the active one, and at once starts a process in its place. Call it when paired. */
  killActive(): Promise<void>;
};

const timeoutMs = 60_000;
const pollIntervalMs = 100;

export async function startExtractorPair(services: LockstepServices): Promise<ExtractorPair> {
  const start = (number: number): Promise<ServiceProcess> =>
    services.start('extractor', `extractor-${number}`);
  let pair = [await start(0), await start(1)] as const;
  let started = 2;
  return {
    async untilPaired(signal) {
      const deadlineMs = performance.now() + timeoutMs;
      for (;;) {
        const [first, second] = await Promise.all(pair.map(roleOf));
        if (first === 'standby' && second === 'active') pair = [pair[1], pair[0]];
        if (first !== second && first !== 'neither' && second !== 'neither') return;
        await services.assertRunning();
        if (performance.now() > deadlineMs)
          throw new Error(`no active process with a standby:\n${await services.lastLines()}`);
        await sleep(pollIntervalMs, undefined, { signal });
      }
    },
    async killActive() {
      const [active, standby] = pair;
      await active.kill();
      pair = [standby, await start(started++)];
    },
  };
}

async function roleOf(process: ServiceProcess): Promise<'active' | 'standby' | 'neither'> {
  const reason = await process.whyNotReady();
  if (reason === null) return 'active';
  return reason.includes('standby') ? 'standby' : 'neither';
}
