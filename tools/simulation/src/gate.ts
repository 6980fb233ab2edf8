import { SyncError, type ErrorCode } from '@lockstep/change-events';
import type { Fault } from './actions.ts';

/** What one process goes through: every use of a port passes here, and a dead process gets nothing done any more. */
export type Gate = {
  dead: boolean;
  /** What the process believes about its lease. */
  leaseHeld: boolean;
  /** The fault of the present step, and how many calls are left until it strikes. */
  armed: { readonly fault: Fault; callsLeft: number } | null;
  /** Set while the process sleeps in the middle of a call. */
  asleep: { readonly sinceMs: number; readonly wake: () => void } | null;
  /** A publisher that failed is used up. */
  mustRestart: boolean;
  /** Another process stands in its place. */
  replaced: boolean;
};

/** What the world does when a fault strikes. */
export type Striker = {
  act(fault: Fault): void;
  sleep(gate: Gate): Promise<void>;
  later(): void;
  struck(kind: Fault['kind']): void;
  /** Time passes with every call. */
  tick(): void;
};

export function createGate(): Gate {
  return { dead: false, leaseHeld: true, armed: null, asleep: null, mustRestart: false, replaced: false };
}

/** Thrown out of every call of a process that was killed. */
export const killed = (): SyncError => new SyncError('INTERNAL', { reason: 'the process was killed' });

/** The calls of one port, each of which may be struck. Calls of one name in two ports are told apart by the prefix. */
export function guardPort<Port extends object>(gate: Gate, striker: Striker, port: Port, prefix = ''): Port {
  const guarded = Object.entries(port).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member];
    const run = (...args: unknown[]): unknown => member.apply(port, args);
    return [
      name,
      (...args: unknown[]) => pass(gate, striker, { name: prefix + name, run: () => run(...args) }),
    ];
  });
  return Object.fromEntries(guarded) as Port;
}

type Call = { readonly name: string; readonly run: () => unknown };

async function pass(gate: Gate, striker: Striker, call: Call): Promise<unknown> {
  striker.tick();
  const fault = takeFault(gate);
  if (fault?.when === 'before') await strike(gate, striker, { fault, name: call.name });
  assertAlive(gate);
  const result = await call.run();
  if (fault?.when === 'after') await strike(gate, striker, { fault, name: call.name });
  assertAlive(gate);
  return result;
}

function assertAlive(gate: Gate): void {
  if (gate.dead) throw killed();
}

function takeFault(gate: Gate): Fault | null {
  assertAlive(gate);
  if (!gate.armed) return null;
  gate.armed.callsLeft -= 1;
  if (gate.armed.callsLeft >= 0) return null;
  const { fault } = gate.armed;
  gate.armed = null;
  return fault;
}

async function strike(
  gate: Gate,
  striker: Striker,
  { fault, name }: { fault: Fault; name: string },
): Promise<void> {
  striker.struck(fault.kind);
  switch (fault.kind) {
    case 'crash':
      gate.dead = true;
      return;
    case 'act':
      return striker.act(fault);
    case 'sleep':
      return striker.sleep(gate);
    case 'later':
      if (name.endsWith('upsert') && fault.when === 'before') return striker.later();
      throw failure(gate, name, fault.when);
    case 'error':
      throw failure(gate, name, fault.when);
  }
}

/** A strike in the middle of a commit, where nothing can be awaited. */
export function strikeCommit(gate: Gate, striker: Striker): void {
  const fault = takeFault(gate);
  if (!fault || fault.kind === 'sleep' || fault.kind === 'later') return;
  striker.struck(fault.kind);
  if (fault.kind === 'act') return striker.act(fault);
  if (fault.kind === 'crash') gate.dead = true;
  throw fault.kind === 'crash' ? killed() : new SyncError('KAFKA_UNREACHABLE');
}

const codes: Readonly<Record<string, ErrorCode>> = {
  readPage: 'DYNAMICS_BUSY',
  countRows: 'DYNAMICS_BUSY',
  read: 'DYNAMICS_UNREACHABLE',
  update: 'DYNAMICS_UNREACHABLE',
  create: 'DYNAMICS_UNREACHABLE',
  findOwners: 'DYNAMICS_UNREACHABLE',
  createTask: 'DYNAMICS_UNREACHABLE',
  findCampaigns: 'DYNAMICS_UNREACHABLE',
  addToCampaign: 'DYNAMICS_UNREACHABLE',
  removeFromCampaign: 'DYNAMICS_UNREACHABLE',
  openFeed: 'MARKETO_BUSY',
  readFeed: 'MARKETO_BUSY',
  readDeleted: 'MARKETO_BUSY',
  readMergesAndPartitions: 'MARKETO_BUSY',
  findPersons: 'MARKETO_UNREACHABLE',
  readMembers: 'MARKETO_UNREACHABLE',
  publish: 'KAFKA_UNREACHABLE',
  openPublisher: 'KAFKA_UNREACHABLE',
  readLatest: 'KAFKA_UNREACHABLE',
  scanEvents: 'KAFKA_UNREACHABLE',
  lag: 'KAFKA_UNREACHABLE',
  expired: 'KAFKA_UNREACHABLE',
};

/** After these nobody knows whether they were carried out. */
const marketoWrites: ReadonlySet<string> = new Set(['upsert', 'objects.upsert', 'objects.remove']);

function failure(gate: Gate, name: string, when: Fault['when']): SyncError {
  if (name === 'publish') gate.mustRestart = true;
  if (marketoWrites.has(name))
    return new SyncError(when === 'after' ? 'MARKETO_OUTCOME_UNKNOWN' : 'MARKETO_BUSY');
  if (name.startsWith('objects.')) return new SyncError('MARKETO_UNREACHABLE');
  return new SyncError(codes[name] ?? 'MONGODB_UNREACHABLE');
}
