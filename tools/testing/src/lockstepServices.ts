import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findWorkspace, makeRunFolder } from './bundle.ts';
import { bundleServices, serviceNames, type ServiceName } from './bundleServices.ts';
import { startServiceProcess, type ServiceProcess } from './serviceProcess.ts';

/** How a program ended, and what it wrote. */
export type Ran = { readonly code: number; readonly output: string };

/** The services of one Lockstep, as processes that can be killed and started again. */
export type LockstepServices = {
  /** Starts a process of a service, under a name of its own, with settings above those of all; does not wait until it is ready. */
  start(
    service: ServiceName,
    instance?: string,
    settings?: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess>;
  /** Runs a bundled service with words on its command line until it ends. */
  run(
    service: ServiceName,
    words: readonly string[],
    settings?: Readonly<Record<string, string>>,
  ): Promise<Ran>;
  /** Waits until these are ready. Rejects with reasons and last log lines after the time. */
  untilReady(processes: readonly ServiceProcess[], timeoutMs?: number): Promise<void>;
  /** Rejects with the last log lines when a process has ended without being asked to. */
  assertRunning(): Promise<void>;
  /** The last log lines of every process that was started. */
  lastLines(): Promise<string>;
  close(): Promise<void>;
};

const readyTimeoutMs = 60_000;
const pollIntervalMs = 200;

export async function createServices(settings: Readonly<Record<string, string>>): Promise<LockstepServices> {
  const folder = await makeRunFolder();
  const bundles = await bundleServices(folder);
  const processes: ServiceProcess[] = [];
  return {
    async start(service, instance = service, own = {}) {
      const port = await freePort();
      const logFile = join(folder, `${instance}.log`);
      const process = startServiceProcess({
        name: instance,
        file: bundles[service],
        port,
        settings: { ...settings, ...own },
        logFile,
      });
      processes.push(process);
      return process;
    },
    run: (service, words, own = {}) => runNode([bundles[service], ...words], { ...settings, ...own }),
    untilReady: async (waited, timeoutMs = readyTimeoutMs) =>
      void (await Promise.all(waited.map((process) => untilOneReady(process, timeoutMs)))),
    async assertRunning() {
      const crashed = processes.find((process) => process.hasCrashed());
      if (crashed)
        throw new Error(
          `${crashed.name} ended with code ${crashed.exitCode()}; its last lines:\n${await crashed.lastLines()}`,
        );
    },
    async lastLines() {
      const newest = new Map(processes.map((process) => [process.name, process]));
      const parts = [...newest.values()].map(async (one) => `--- ${one.name}\n${await one.lastLines()}`);
      return (await Promise.all(parts)).join('\n');
    },
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs Node with these words and nothing of our environment but the path; a failure is an answer too. */
async function runNode(words: readonly string[], settings: Readonly<Record<string, string>>): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', ...settings };
  try {
    const { stdout } = await promisify(execFile)('node', [...words], { env });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

/** Runs the command line as an operator does. */
export const runConsole = (
  words: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<Ran> => runNode([join(findWorkspace(), 'apps/console/bin/lockstep.mjs'), ...words], settings);

/** One of each kind, ready. */
export async function startAll(
  services: LockstepServices,
  settings: Readonly<Record<string, string>> = {},
): Promise<Record<ServiceName, ServiceProcess>> {
  const started = await Promise.all(serviceNames.map((name) => services.start(name, name, settings)));
  await services.untilReady(started);
  return Object.fromEntries(serviceNames.map((name, at) => [name, started[at]])) as Record<
    ServiceName,
    ServiceProcess
  >;
}

async function untilOneReady(process: ServiceProcess, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const reason = await process.whyNotReady();
    if (reason === null) return;
    if (process.exitCode() !== null || performance.now() > deadlineMs)
      throw new Error(
        `${process.name} is not ready: ${reason}\nIts last lines:\n${await process.lastLines()}`,
      );
    await sleep(pollIntervalMs);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
