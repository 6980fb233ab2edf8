import type { Striker } from './gate.ts';
import { applyAct } from './humanActs.ts';
import { onSleep, pass, type World } from './world.ts';

export function strikerOf(world: World): Striker {
  return {
    act: (fault) => void (fault.act && applyAct(world, fault.act)),
    later: () => void (world.putOff = true),
    struck: (kind) => void (world.faults[kind] = (world.faults[kind] ?? 0) + 1),
    tick: () => pass(world, 1),
    sleep: (gate) =>
      new Promise((resolve) => {
        gate.asleep = { sinceMs: world.nowMs, wake: resolve };
        world.current = null;
        onSleep.get(world)?.();
      }),
  };
}
