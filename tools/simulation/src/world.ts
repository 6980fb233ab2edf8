import { personFields, type System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import type { MergedPerson } from '@lockstep/checker';
import type { Plan, ProcessName } from './actions.ts';
import { keptOutName } from './drawRules.ts';
import {
  inMemoryDynamics,
  inMemoryEventLog,
  inMemoryMarketo,
  inMemoryStores,
  type DynamicsWriter,
  type EventLog,
  type InMemoryDynamics,
  type InMemoryEventLog,
  type InMemoryMarketo,
  type InMemoryStores,
} from '@lockstep/ports';
import { strikeCommit, type Gate, type Striker } from './gate.ts';
import { applyAct } from './humanActs.ts';
import type { Process } from './processes.ts';
import { ruledParts, simulatedMapping, type RuledParts } from './ruledParts.ts';

/** A deliberately broken part, to show that the simulation finds it. */
export type Variant = {
  readonly mapping?: readonly MappingRow[];
  readonly writer?: (writer: DynamicsWriter) => DynamicsWriter;
  readonly log?: (log: EventLog) => EventLog;
};

export type RowReference = { readonly table: 'lead' | 'contact'; readonly id: string };

/** A process that sleeps in the middle of a step; `opened`: it had started before. */
export type Sleeper = {
  readonly process: ProcessName;
  readonly gate: Gate;
  readonly done: Promise<void>;
  readonly opened: boolean;
};

/** Both systems, the broker, the database and the clock; processes come and go, this stays. */
export type World = {
  readonly plan: Plan;
  readonly variant: Variant;
  /** What is expected, which need not be what the reconciler is given. */
  readonly mapping: readonly MappingRow[];
  readonly given: RuledParts;
  /** Systems to which an operator lets nothing be written. */
  readonly withheld: Set<System>;
  nowMs: number;
  readonly dynamics: InMemoryDynamics;
  readonly marketo: InMemoryMarketo;
  stores: InMemoryStores;
  revisionEpoch: number;
  readonly log: InMemoryEventLog;
  readonly rows: RowReference[];
  readonly mergedPersons: MergedPerson[];
  readonly processes: Partial<Record<ProcessName, Process>>;
  readonly sleepers: Sleeper[];
  /** The gate of the process whose step runs. */
  current: Gate | null;
  /** When Marketo commits what it put off, at the latest. */
  lateDueMs: number | null;
  putOff: boolean;
  readonly faults: Record<string, number>;
  lastEditMs: number;
  /** Batches that were handed to a consumer. */
  handled: number;
};

const startMs = Date.UTC(2026, 10, 22, 8);
/** Marketo gives up a call after 90 s (marketo-rest 2.4): what it commits late it commits before that. */
const lateMs = 85_000;

/** What the instance has beside the fields that every one has. */
const ownFields = [{ name: keptOutName, type: 'boolean' }] as const;

export function createWorld(plan: Plan, variant: Variant): World {
  const clock = { now: () => world.nowMs };
  const world: World = {
    plan,
    variant,
    mapping: simulatedMapping,
    given: ruledParts(plan.rules ?? {}, plan.matchByEmail),
    withheld: new Set(),
    nowMs: startMs,
    dynamics: inMemoryDynamics({ clock, pageSizeMax: plan.pageSizeMax }),
    marketo: inMemoryMarketo({
      ...{ now: clock.now, feedBlock: plan.feedBlock, fields: [...personFields, ...ownFields] },
    }),
    stores: inMemoryStores(),
    revisionEpoch: 1,
    log: inMemoryEventLog({
      atPoint: (point) => {
        const isCommit = point === 'commit' || point === 'committed';
        if (isCommit && world.current) strikeCommit(world.current, strikerOf(world));
      },
    }),
    rows: [],
    mergedPersons: [],
    processes: {},
    sleepers: [],
    current: null,
    lateDueMs: null,
    putOff: false,
    faults: {},
    lastEditMs: startMs,
    handled: 0,
  };
  world.marketo.hooks.beforeUpsert = () => takePutOff(world);
  return world;
}

function takePutOff(world: World): 'LATER' | void {
  if (!world.putOff) return;
  world.putOff = false;
  world.lateDueMs ??= world.nowMs + lateMs;
  return 'LATER';
}

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

/** Tells the step in which a process falls asleep that it need not be waited for. */
export const onSleep = new WeakMap<World, () => void>();

/** Time goes by; what Marketo put off is committed when its time comes. */
export function pass(world: World, ms: number): void {
  const until = world.nowMs + ms;
  if (world.lateDueMs !== null && world.lateDueMs <= until) {
    world.nowMs = Math.max(world.nowMs, world.lateDueMs);
    commitLate(world);
  }
  world.nowMs = Math.max(world.nowMs, until);
}

export function commitLate(world: World): void {
  world.lateDueMs = null;
  world.nowMs += 1;
  world.marketo.commitLate();
}
