import type { System } from '@lockstep/change-events';
import type { GoldenEntity, MappingRow } from '@lockstep/reconciliation';
import type { ExpectedRules, MergedPerson } from '@lockstep/checker';
import type { Asked, BesideTable, Piece, Plan, ProcessName } from './actions.ts';
import type {
  DynamicsRequests,
  DynamicsWriter,
  EventLog,
  InMemoryDynamics,
  InMemoryEventLog,
  InMemoryMarketo,
  InMemoryMarketoObjects,
  InMemoryStores,
  RequestStore,
  MarketoObjects,
} from '@lockstep/ports';
import type { Gate } from './gate.ts';
import type { RuledParts } from './ruledParts.ts';

/** A deliberately broken part, to show that the simulation finds it. */
export type Variant = {
  readonly mapping?: readonly MappingRow[];
  /** What the reconciler makes of rules. */
  readonly given?: (given: RuledParts) => RuledParts;
  /** Of records beside persons. */
  readonly entityMappings?: Readonly<Record<GoldenEntity, readonly MappingRow[]>>;
  readonly writer?: (writer: DynamicsWriter & DynamicsRequests) => DynamicsWriter & DynamicsRequests;
  readonly log?: (log: EventLog) => EventLog;
  readonly objects?: (objects: MarketoObjects) => MarketoObjects;
};

export type RowReference = {
  readonly table: 'lead' | 'contact';
  readonly id: string;
  /** Of a contact: the lead that it was made of. */
  readonly leadId?: string;
};

/** What a step is told: which of the waiting things to take. Answers whether there was anything to do. */
export type Choice = { readonly choice: number; readonly messagesMax: number };
export type Step = (choice: Choice) => Promise<boolean>;

/** Loops that live and die together. */
export type Process = {
  readonly name: ProcessName;
  readonly gate: Gate;
  readonly steps: Partial<Record<Piece, Step>>;
};

/** A process that sleeps in the middle of a step; `opened`: it had started before. */
export type Sleeper = {
  readonly process: ProcessName;
  readonly gate: Gate;
  readonly done: Promise<void>;
  readonly opened: boolean;
};

/** What lockstep.yaml says from some time on, and when each of two readers finds it. */
export type Ruling = {
  readonly rules: ExpectedRules | undefined;
  readonly given: RuledParts;
  readonly readAtMs: readonly [number, number];
};

/** Both systems, the broker, the database and the clock; processes come and go, this stays. */
export type World = {
  readonly plan: Plan;
  readonly variant: Variant;
  /** What is expected, which need not be what the reconciler is given. */
  readonly mapping: readonly MappingRow[];
  readonly rulings: Ruling[];
  /** Since when nobody decides by former rules any more; 0 as long as there are none. */
  ruledSinceMs: number;
  /** Systems to which an operator lets nothing be written. */
  readonly withheld: Set<System>;
  nowMs: number;
  readonly dynamics: InMemoryDynamics;
  readonly marketo: InMemoryMarketo;
  /** Marketo's records beside persons. */
  readonly objects: InMemoryMarketoObjects;
  stores: InMemoryStores;
  revisionEpoch: number;
  readonly log: InMemoryEventLog;
  readonly rows: RowReference[];
  /** The present id in each place. */
  readonly beside: Readonly<Record<BesideTable, string[]>>;
  readonly mergedPersons: MergedPerson[];
  readonly requests: RequestStore;
  readonly asked: Asked[];
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
  world.objects.commitLate();
}
