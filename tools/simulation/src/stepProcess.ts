import { fateOf, isSyncError } from '@lockstep/change-events';
import type { Fault, Piece, ProcessName } from './actions.ts';
import { createGate, type Gate } from './gate.ts';
import { openProcess, processOf } from './processes.ts';
import { onSleep, type Choice, type World } from './world.ts';

/** A call that has not been answered for this long is given up. */
const connectionMs = 60_000;

export type StepRequest = Choice & { readonly piece: Piece; readonly fault: Fault | null };

/**
 * One step of a process, which is started when it does not run. A process that dies, fails in a way that uses up its
 * publishers, or falls asleep is replaced at its next step.
 */
export async function step(world: World, action: StepRequest): Promise<boolean> {
  const name = processOf[action.piece];
  const gate = armGate(world, name, action.fault);
  world.current = gate;
  const fellAsleep = new Promise<void>((resolve) => onSleep.set(world, resolve));
  const outcome = { busy: false, opened: false, error: null as unknown };
  const work = async () => {
    const process = world.processes[name] ?? (await openProcess(world, name, gate));
    outcome.opened = true;
    if (!gate.replaced) world.processes[name] = process;
    outcome.busy = (await process.steps[action.piece]?.(action)) ?? false;
  };
  const done = work().catch((error: unknown) => void (outcome.error = error));
  await Promise.race([done, fellAsleep]);
  world.current = null;
  gate.armed = null;
  if (gate.asleep) world.sleepers.push({ process: name, gate, done, opened: outcome.opened });
  retire(world, name, { gate, error: outcome.error });
  return outcome.busy;
}

function armGate(world: World, name: ProcessName, fault: Fault | null): Gate {
  const gate = world.processes[name]?.gate ?? createGate();
  gate.armed = fault ? { fault, callsLeft: fault.call } : null;
  return gate;
}

function retire(world: World, name: ProcessName, { gate, error }: { gate: Gate; error: unknown }): void {
  const fenced = isSyncError(error, 'KAFKA_FENCED');
  gate.replaced ||= fenced || gate.asleep !== null || gate.dead || gate.mustRestart;
  if (gate.replaced) delete world.processes[name];
  if (!gate.asleep) assertExpected(error, gate.dead || fenced);
}

/** Failures of the world are expected; anything that means "we are wrong" ends the run. */
function assertExpected(error: unknown, dead: boolean): void {
  if (error === null || dead || isRetriable(error)) return;
  throw error;
}

const isRetriable = (error: unknown): boolean => fateOf(error) === 'RETRY';

export function kill(world: World, name: ProcessName): void {
  const process = world.processes[name];
  if (process) process.gate.dead = true;
  delete world.processes[name];
}

/** A process that slept in a call goes on where it was, though another took its place; after a long sleep its connection is gone. */
export async function wake(world: World, name: ProcessName): Promise<void> {
  const at = world.sleepers.findIndex((sleeper) => sleeper.process === name);
  const [sleeper] = at < 0 ? [] : world.sleepers.splice(at, 1);
  if (!sleeper?.gate.asleep) return;
  const { gate, done } = sleeper;
  const { sinceMs, wake: resume } = sleeper.gate.asleep;
  gate.asleep = null;
  gate.leaseHeld = name === 'extractor';
  if (!sleeper.opened || world.nowMs - sinceMs > connectionMs) gate.dead = true;
  resume();
  await done;
  // It may have decided by former rules.
  if (name === 'reconciler' && world.ruledSinceMs > 0)
    world.ruledSinceMs = Math.max(world.ruledSinceMs, world.nowMs);
  // Whatever it took over before it found out, the present holder has to take back.
  gate.dead = true;
  kill(world, name);
}

export async function wakeAll(world: World): Promise<void> {
  for (const { process } of [...world.sleepers]) await wake(world, process);
}
