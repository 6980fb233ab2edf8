import type { Actor } from './actor.ts';
import type { Application, CallContext } from './application.ts';
import type { BoundedLog } from './boundedLog.ts';
import type { DuplicateRule } from './duplicateRules.ts';
import type { EmulatorSettings } from './emulatorSettings.ts';
import type { FaultPlan } from './faultPlan.ts';
import type { MetadataVersions } from './metadataChanges.ts';
import type { PageCache } from './pageCache.ts';
import type { Plugin } from './plugin.ts';
import type { ManyToMany } from './relationships.ts';
import type { RowStore, StoreSnapshot } from './rowStore.ts';
import type { ServiceProtection } from './serviceProtection.ts';
import type { StateEntry } from './stateLog.ts';
import type { TableDefinition } from './tableDefinition.ts';
import type { Usage } from './usage.ts';
import type { Webhook } from './webhook.ts';

/** Entry of the log of calls. Status is null when no answer was sent. */
export interface CallEntry {
  readonly atMs: number;
  readonly actor: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly durationMs: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  /** The batch that a call came in. */
  readonly batch?: string;
}

/** What the emulator is reached and known by. */
export interface Identity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly organizationId: string;
  readonly businessUnitId: string;
}

/** An organisation as it was: its rows, its version counter, its tables. */
export interface EnvironmentSnapshot {
  readonly name: string;
  readonly atMs: number;
  readonly store: StoreSnapshot;
  readonly tables: ReadonlyMap<string, TableDefinition>;
  readonly manyToMany: ReadonlyMap<string, ManyToMany>;
  readonly tokensVoidUpTo: ReadonlyMap<string, number>;
}

/** What the synchronous webhooks said of the changes of one call, in the order of the changes. */
export interface Judgement {
  /** Throws the refusal of a change, or an Unjudged when nobody was asked about it yet. */
  readonly judge: (entry: StateEntry) => void;
}

/** How often receivers were called, and what became of it. */
export interface WebhookCounts {
  delivered: number;
  failed: number;
  dropped: number;
}

export interface Webhooks {
  readonly counts: Readonly<WebhookCounts>;
  /** Those of the control API. */
  list(): readonly Webhook[];
  add(hook: Webhook): void;
  remove(id: string): void;
  /** Told of every change as it is logged; what its transaction takes back later is not sent. */
  changed(state: OrganizationState, sequence: number, entry: StateEntry): void;
  /** The synchronous ones that a change concerns, in their order. */
  synchronous(state: OrganizationState, entry: StateEntry): readonly Webhook[];
  /** Whether there may be synchronous ones at all. */
  mayJudge(state: OrganizationState): boolean;
  /** Aborted when nothing is to be sent any more. */
  readonly stopped: AbortSignal;
  close(): void;
}

/** The whole state of one emulated organisation. */
export interface OrganizationState {
  identity: Identity;
  /** The user of the call that is being answered; outside a call the one the emulator started with. */
  readonly application: Actor;
  /** Applications by client id. */
  readonly applications: Map<string, Application>;
  /** What holds for the call that is being answered. */
  context: CallContext | undefined;
  /** Set while changes of a call are judged by synchronous webhooks. */
  judgement: Judgement | undefined;
  readonly usage: Usage;
  /** Counts per table as last taken. */
  readonly recordCounts: Map<string, { readonly count: number; readonly atMs: number }>;
  /** Tables come and change at run time: look them up for every call. Changed by `core/changeTables.ts` only. */
  readonly tables: Map<string, TableDefinition>;
  readonly tablesBySet: Map<string, TableDefinition>;
  readonly manyToMany: Map<string, ManyToMany>;
  readonly metadata: MetadataVersions;
  readonly snapshots: Map<string, EnvironmentSnapshot>;
  readonly store: RowStore;
  readonly pages: PageCache;
  readonly calls: BoundedLog<CallEntry>;
  readonly states: BoundedLog<StateEntry>;
  readonly faults: FaultPlan;
  readonly limits: ServiceProtection;
  readonly webhooks: Webhooks;
  readonly plugins: Map<string, Plugin>;
  readonly duplicateRules: Map<string, DuplicateRule>;
  /** Per table: delta tokens up to this version are no longer valid. */
  readonly tokensVoidUpTo: Map<string, number>;
  settings: EmulatorSettings;
  clockOffsetMs: number;
  readonly baseNow: () => number;
  /** Replaced while a call is repeated, which draws the same ids again. */
  newId: () => string;
}

/** Time of the emulated organisation in ms. */
export function nowMs(state: OrganizationState): number {
  return state.baseNow() + state.clockOffsetMs;
}
