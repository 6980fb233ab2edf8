import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from './freePorts.ts';
import type { Probe } from './readiness.ts';
import { waitUntilReady } from './readiness.ts';
import { reasonOf } from './stackErrors.ts';
import type { StartContext } from './stackTypes.ts';
import type { SupervisedProcess } from './supervisedProcess.ts';
import { startSupervised } from './supervisedProcess.ts';

/** How one service is started in its own empty `folder` on ports of its own. */
export type NativeService = {
  name: string;
  portCount: number;
  prepare(folder: string, ports: number[]): Promise<NativeLaunch>;
};

export type NativeLaunch = {
  command: string;
  args: string[];
  env?: Record<string, string>;
  address: string;
  probe: Probe;
};

export type RunningService = {
  name: string;
  address: string;
  stop(): Promise<void>;
  /** Kills it at once and starts it again where it was; resolves when it answers. */
  crash(): Promise<void>;
  freeze(forMs: number): Promise<void>;
};

const readyTimeoutMs = 60_000;
const attemptsMax = 3;

/**
 * Starts a service and resolves when it answers. A port that somebody else took in between is the one reason to try
 * again. Rejects with the last lines of the service's output.
 */
export async function startNativeService(
  service: NativeService,
  stackFolder: string,
  context: StartContext,
): Promise<RunningService> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = join(stackFolder, `${service.name}-${attempt}`);
    await mkdir(folder, { recursive: true });
    const launch = await service.prepare(folder, await freePorts(service.portCount));
    let running = start(launch, folder);
    const untilReady = (): Promise<void> => untilServiceReady({ service, launch, running }, context);
    try {
      await untilReady();
      return {
        ...{ name: service.name, address: launch.address, stop: () => running.stop() },
        freeze: (forMs) => running.freeze(forMs),
        async crash() {
          await running.crash();
          running = start(launch, folder);
          await untilReady();
        },
      };
    } catch (error) {
      const output = await running.lastLines();
      await running.stop();
      context.signal.throwIfAborted();
      if (attempt < attemptsMax && isPortTaken(output)) continue;
      throw new Error(`${reasonOf(error)}; its last lines:\n${output}`, { cause: error });
    }
  }
}

type Starting = {
  readonly service: NativeService;
  readonly launch: NativeLaunch;
  readonly running: SupervisedProcess;
};

async function untilServiceReady(
  { service, launch, running }: Starting,
  { log, signal }: StartContext,
): Promise<void> {
  const startedAtMs = performance.now();
  const limits = { timeoutMs: readyTimeoutMs, signal, hasEnded: running.hasExited };
  await waitUntilReady(service.name, launch.probe, limits);
  log(`${service.name} ready after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
}

const start = (launch: NativeLaunch, folder: string): SupervisedProcess =>
  startSupervised({
    command: launch.command,
    args: launch.args,
    cwd: folder,
    logFile: join(folder, 'output.log'),
    removeFolder: folder,
    ...(launch.env && { env: launch.env }),
  });

const isPortTaken = (output: string): boolean =>
  /address already in use|in use by|BindException|port .* in use/i.test(output);
