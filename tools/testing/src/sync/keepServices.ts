import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@lockstep/simulation';
import { serviceNames, type ServiceName } from '../bundleServices.ts';
import type { LockstepServices } from '../lockstepServices.ts';
import type { ServiceProcess } from '../serviceProcess.ts';

/** Two processes of each service, of which any can be killed or frozen; whoever ends is started again, as an orchestrator does it. */
export type KeptServices = {
  killOne(): Promise<void>;
  /** Stops one (SIGSTOP) for this long. */
  freezeOne(forMs: number): Promise<void>;
  /** Processes that ended although nobody killed them, with their last lines. */
  readonly endings: readonly string[];
  /** Resolves when one of each service is ready. Rejects with their last lines when that takes too long. */
  untilReady(signal: AbortSignal): Promise<void>;
  /** Ends nobody: from now on nobody is started again. */
  stop(): Promise<void>;
};

type Place = { readonly service: ServiceName; process: ServiceProcess };

const processesEach = 2;
const lookMs = 200;
/** A broker takes 15 s to come back, and the groups as long again. */
const readyMsMax = 120_000;
/** An orchestrator waits before it starts somebody again. */
const restartMsMax = 3_000;

export async function keepServices(
  services: LockstepServices,
  started: Readonly<Record<ServiceName, ServiceProcess>>,
  random: Random,
): Promise<KeptServices> {
  const places: Place[] = serviceNames.map((service) => ({ service, process: started[service] }));
  let number = 0;
  const start = (service: ServiceName): Promise<ServiceProcess> =>
    services.start(service, `${service}-${(number += 1)}`);
  for (const service of serviceNames)
    for (let more = 1; more < processesEach; more += 1)
      places.push({ service, process: await start(service) });
  const endings: string[] = [];
  const stopping = new AbortController();
  const keeping = keep({ places, start, endings, random, signal: stopping.signal });

  return {
    endings,
    killOne: () => pickRunning(places, random).process.kill(),
    freezeOne: (forMs) => pickRunning(places, random).process.freeze(forMs),
    async untilReady(signal) {
      const deadlineMs = performance.now() + readyMsMax;
      while (!(await areReady(places))) {
        if (performance.now() > deadlineMs) throw new Error(`not ready:\n${await services.lastLines()}`);
        await sleep(lookMs, undefined, { signal });
      }
    },
    async stop() {
      stopping.abort();
      await keeping;
    },
  };
}

async function areReady(places: readonly Place[]): Promise<boolean> {
  const ready = places.map(async ({ service, process }) => ((await process.whyNotReady()) ? null : service));
  const found = new Set(await Promise.all(ready));

  return serviceNames.every((name) => found.has(name));
}

function pickRunning(places: readonly Place[], random: Random): Place {
  const [first, ...others] = places.filter(({ process }) => process.exitCode() === null);
  if (!first) throw new Error('no service runs');

  return random.pick([first, ...others]);
}

type Keeping = {
  readonly places: readonly Place[];
  readonly start: (service: ServiceName) => Promise<ServiceProcess>;
  readonly endings: string[];
  readonly random: Random;
  readonly signal: AbortSignal;
};

async function keep({ places, start, endings, random, signal }: Keeping): Promise<void> {
  const rest = (forMs: number): Promise<unknown> =>
    sleep(forMs, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    for (const place of places) {
      const { process, service } = place;
      if (process.exitCode() === null) continue;
      if (process.hasCrashed()) endings.push(`${process.name}: ${await process.lastLines(12)}`);
      await rest(random.below(restartMsMax));
      place.process = await start(service);
    }
    await rest(lookMs);
  }
}
