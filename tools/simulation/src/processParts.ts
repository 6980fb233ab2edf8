import type { Batch, BatchHandler, Clock, Lease } from '@lockstep/ports';
import { guardPort, type Gate } from './gate.ts';
import { strikerOf } from './strikerOf.ts';
import type { Choice, World } from './world.ts';

export const groups = { route: 'router', reconcile: 'reconciler', deliver: 'deliverer' } as const;
const batchSizeMax = 100;

/** What every process has: its ports, which faults may strike. */
export function commonParts(world: World, gate: Gate) {
  const striker = strikerOf(world);
  const guard = <Port extends object>(port: Port): Port => guardPort(gate, striker, port);
  const clock: Clock = {
    now: () => world.nowMs,
    monotonic: () => world.nowMs,
    sleep: () => Promise.resolve(),
  };
  const lease: Lease = { isHeld: () => gate.leaseHeld };
  const inner = world.variant.log?.(world.log) ?? world.log;
  const { openPublisher, readLatest, scanEvents, lag, expired, consume } = inner;
  const guarded = guard({ openPublisher, readLatest, scanEvents, lag, expired });
  const log = {
    ...guarded,
    consume,
    openPublisher: async (id: string) => guard(await guarded.openPublisher(id)),
  };
  return { guard, clock, lease, log };
}

export function subscribe(
  world: World,
  group: string,
  { topics: names, handler }: { topics: readonly string[]; handler: BatchHandler },
): void {
  const alive = (batch: Batch) => handler(batch);
  world.log.subscribe({ group, topics: names, batchSizeMax }, alive);
}

export async function deliverOne(
  world: World,
  group: string,
  { choice, messagesMax }: Choice,
): Promise<boolean> {
  const pending = world.log.pending(group);
  const chosen = pending[choice % Math.max(1, pending.length)];
  if (chosen) world.handled += 1;
  return chosen ? world.log.deliver(group, chosen.topic, chosen.partition, messagesMax) : false;
}
