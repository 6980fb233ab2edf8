import type { BatchHandler } from '@lockstep/ports';

/**
 * Batches that have a key in common are handled one after the other, in the order in which they come, from whatever topic:
 * the lanes of a key never meet, and a fresh edit waits for a batch of backfill only when that holds its own record.
 */
export function onePerKey(handler: BatchHandler): BatchHandler {
  const busy = new Map<string, Promise<unknown>>();
  return (batch) => {
    const keys = new Set(batch.messages.map(({ key }) => key));
    const before = new Set([...keys].flatMap((key) => busy.get(key) ?? []));
    const handled = Promise.allSettled(before).then(() => handler(batch));
    const done = handled.then(release, release);
    for (const key of keys) busy.set(key, done);

    /** A key that a later batch waits for stays. */
    function release(): void {
      for (const key of keys) if (busy.get(key) === done) busy.delete(key);
    }

    return handled;
  };
}
