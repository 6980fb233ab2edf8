import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from './bundleServices.ts';
import type { LockstepServices } from './lockstepServices.ts';
import type { ServiceProcess } from './serviceProcess.ts';

/** An active process of a service and its standby, of which the active one can be killed or frozen again and again. */
export type ServicePair = {
  /** Resolves when one process is active and the other stands by. */
  untilPaired(signal: AbortSignal): Promise<void>;
  /** Kills the active one, and at once starts a process in its place. Call it when paired. */
  killActive(): Promise<void>;
  /** Stops the active one (SIGSTOP) for this long, then lets it go on, as the new standby. Call it when paired. */
  freezeActive(forMs: number): Promise<void>;
};

const timeoutMs = 60_000;
const pollIntervalMs = 100;

export async function startServicePair(
  services: LockstepServices,
  service: ServiceName,
): Promise<ServicePair> {
  const start = (number: number): Promise<ServiceProcess> => services.start(service, `${service}-${number}`);
  let pair = [await start(0), await start(1)] as const;
  let started = 2;
  /** Whoever finds itself fenced, frozen or starved, ends, and is started again by an operator's restart policy; no other end is accepted. */
  const runningOne = async (one: ServiceProcess): Promise<ServiceProcess> => {
    if (one.exitCode() === null) return one;
    const lines = await one.lastLines();
    if (!lines.includes('KAFKA_FENCED')) throw new Error(`${one.name} ended:\n${lines}`);
    return start(started++);
  };
  return {
    async untilPaired(signal) {
      const deadlineMs = performance.now() + timeoutMs;
      for (;;) {
        pair = [await runningOne(pair[0]), await runningOne(pair[1])];
        const roles = (await Promise.all(pair.map(roleOf))).join();
        if (roles === 'standby,active') pair = [pair[1], pair[0]];
        if (roles === 'standby,active' || roles === 'active,standby') return;
        if (performance.now() > deadlineMs)
          throw new Error(
            `no active process with a standby: ${await reasonsOf(pair)}\n${await services.lastLines()}`,
          );
        await sleep(pollIntervalMs, undefined, { signal });
      }
    },
    async killActive() {
      const [active, standby] = pair;
      await active.kill();
      pair = [standby, await start(started++)];
    },
    async freezeActive(forMs) {
      const [active, standby] = pair;
      process.kill(active.pid, 'SIGSTOP');
      try {
        await sleep(forMs);
      } finally {
        process.kill(active.pid, 'SIGCONT');
      }
      pair = [standby, active];
    },
  };
}

async function reasonsOf(pair: readonly ServiceProcess[]): Promise<string> {
  const reasons = pair.map(async (one) => `${one.name}: ${(await one.whyNotReady()) ?? 'active'}`);
  return (await Promise.all(reasons)).join(', ');
}

async function roleOf(one: ServiceProcess): Promise<'active' | 'standby' | 'neither'> {
  const reason = await one.whyNotReady();
  if (reason === null) return 'active';
  return reason.includes('standby') ? 'standby' : 'neither';
}
