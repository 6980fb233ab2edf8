import { setTimeout as sleep } from 'node:timers/promises';
import { ImageName, getContainerRuntimeClient } from 'testcontainers';
import type { ContainerRuntimeClient } from 'testcontainers';
import { reasonOf } from './stackErrors.ts';
import type { StartContext } from './stackTypes.ts';

const engineTimeoutMs = 2_000;
const pullTimeoutMs = 180_000;

/** The container engine. Rejects when none answers within 2 s. */
export async function findEngine(signal: AbortSignal): Promise<ContainerRuntimeClient> {
  const client = await within(engineTimeoutMs, signal, getContainerRuntimeClient());
  if (client === undefined)
    throw new Error(`no container engine answered within ${engineTimeoutMs / 1_000} s`);
  return client;
}

/** Resolves when the image is present. Rejects when it is not, and is not pulled within 3 minutes. */
export async function ensureImage(
  engine: ContainerRuntimeClient,
  image: string,
  context: StartContext,
): Promise<void> {
  const name = ImageName.fromString(image);
  if (await engine.image.exists(name)) return;
  context.log(`docker: pulling ${image}`);
  const pull = engine.image.pull(name).then(() => 'pulled');
  const outcome = await within(pullTimeoutMs, context.signal, pull).catch((error: unknown) => {
    throw new Error(`image ${image} cannot be pulled: ${reasonOf(error)}`, { cause: error });
  });
  if (outcome === undefined)
    throw new Error(`image ${image} was not pulled within ${pullTimeoutMs / 1_000} s`);
}

/** What `work` resolves with; undefined when the time is up. The engine's own calls cannot be cancelled. */
async function within<T>(timeoutMs: number, signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  // The loser of the race may still reject, after nobody listens any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, sleep(timeoutMs, undefined, { signal: either })]);
  } finally {
    timer.abort();
  }
}
