import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { startChild, type ChildService } from './childService.ts';
import { serviceNames, type Bundles, type ServiceName } from './serviceBundles.ts';

export type Services = Readonly<Record<ServiceName, ChildService>> & { stop(): Promise<void> };

export type ServicesOptions = {
  readonly bundles: Bundles;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly signal: AbortSignal;
};

const readyTimeoutMs = 60_000;
const pollIntervalMs = 200;

/** Starts the three services and waits until each says that it is ready. Rejects with the last lines of the one that fails. */
export async function startServices({
  bundles,
  settings,
  logFolder,
  signal,
}: ServicesOptions): Promise<Services> {
  const ports = await Promise.all(serviceNames.map(freePort));
  const children = serviceNames.map((name, index) =>
    startChild({ name, file: bundles[name], port: ports[index] ?? 0, settings, logFolder }),
  );
  const [extractor, marketing, reconciler] = children as [ChildService, ChildService, ChildService];
  const stop = async (): Promise<void> => void (await Promise.all(children.map((child) => child.stop())));
  try {
    await Promise.all(children.map((child) => untilReady(child, signal)));
    return { extractor, marketing, reconciler, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(child: ChildService, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    signal.throwIfAborted();
    await assertRunning(child);
    const reason = await whyNotReady(child);
    if (reason === null) return;
    if (performance.now() > deadline) throw await failure(child, `is not ready: ${reason}`);
    await sleep(pollIntervalMs, undefined, { signal });
  }
}

/** Rejects with the last lines of its log when a service has ended by itself. */
export async function assertRunning(child: ChildService): Promise<void> {
  const code = child.exitCode();
  if (code !== null) throw await failure(child, `ended with code ${code}`);
}

async function failure(child: ChildService, sentence: string): Promise<Error> {
  return new Error(`The ${child.name} ${sentence}. The end of ${child.logFile}:\n${await child.lastLines()}`);
}

async function whyNotReady({ healthUrl }: ChildService): Promise<string | null> {
  try {
    const { statusCode, body } = await request(healthUrl);
    const text = await body.text();
    return statusCode === 200 ? null : text;
  } catch {
    return 'no answer';
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
