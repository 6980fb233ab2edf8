import { v5 as uuidFromName } from 'uuid';
import type { EnvironmentSnapshot } from './environmentSnapshots.ts';
import type { ManyToMany } from './relationships.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { createApplication, type Application, type CallContext } from './application.ts';
import { createBoundedLog, type BoundedLog } from './boundedLog.ts';
import { defaultSettings, type EmulatorSettings } from './emulatorSettings.ts';
import { createFaultPlan, type FaultPlan } from './faultPlan.ts';
import { standardDuplicateRules, type DuplicateRule } from './duplicateRules.ts';
import type { Judgement } from './judgement.ts';
import { createMetadataVersions, type MetadataVersions } from './metadataChanges.ts';
import type { Plugin } from './plugins.ts';
import { createPageCache, type PageCache } from './pageCache.ts';
import { createRowStore, type Commit, type RowStore } from './rowStore.ts';
import { createStateLog } from './stateLog.ts';
import { createServiceProtection, type ServiceProtection } from './serviceProtection.ts';
import { createUsage, type Usage } from './usage.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** Who commits a change. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'human' | 'application';
  /** The application's user, when it acts for this one (facts, section 3.7). */
  readonly actingUserId?: string;
}

/** Entry of the log of row states. */
export interface StateEntry extends Commit {
  readonly atMs: number;
  readonly actor: Actor;
  /** Properties that the author wrote, whether they changed or not; only while webhooks are told. */
  readonly written?: readonly string[];
}

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

/** What differs between runs is passed in. */
export interface OrganizationParts {
  readonly identity: Pick<Identity, 'tenantId' | 'clientId' | 'clientSecret'>;
  readonly tables: readonly TableDefinition[];
  readonly manyToMany?: readonly ManyToMany[];
  readonly now: () => number;
  readonly newId: () => string;
}

const callsMax = 500_000;
const statesMax = 2_000_000;
const idSpace = '6f1c2b52-54a0-4c58-9a8a-6a6f2f0f6a11';

/** The id of a user, derived from the name so that runs are comparable. */
export function userId(name: string): string {
  return uuidFromName(`user/${name}`, idSpace);
}

/** Time of the emulated organisation in ms. */
export function nowMs(state: OrganizationState): number {
  return state.baseNow() + state.clockOffsetMs;
}

/** Creates an organisation without rows. */
export function createOrganizationState(parts: OrganizationParts): OrganizationState {
  const store = createRowStore();
  const { clientId, clientSecret } = parts.identity;
  const standing: Application = {
    ...createApplication(clientId, { id: userId('application'), name: 'application', kind: 'application' }),
    secrets: [{ id: 'first', value: clientSecret, startMs: -Infinity, endMs: Infinity }],
  };
  const webhooks = createWebhooks();
  const state: OrganizationState = {
    identity: {
      ...parts.identity,
      organizationId: uuidFromName('organization', idSpace),
      businessUnitId: uuidFromName('businessunit', idSpace),
    },
    get application() {
      return this.context?.actor ?? standing.actor;
    },
    applications: new Map([[clientId, standing]]),
    context: undefined,
    judgement: undefined,
    usage: createUsage(),
    recordCounts: new Map(),
    tables: new Map(parts.tables.map((table) => [table.name, table])),
    tablesBySet: new Map(parts.tables.map((table) => [table.set, table])),
    manyToMany: new Map(parts.manyToMany?.map((each) => [each.schemaName, each])),
    metadata: createMetadataVersions(),
    snapshots: new Map(),
    store,
    pages: createPageCache(),
    calls: createBoundedLog(callsMax),
    states: createStateLog(store, statesMax, (sequence, entry) => webhooks.changed(state, sequence, entry)),
    faults: createFaultPlan(),
    limits: createServiceProtection(),
    webhooks,
    plugins: new Map(),
    duplicateRules: new Map(
      standardDuplicateRules.map((rule) => {
        const id = uuidFromName(`duplicaterule/${rule.table}/${rule.columns.join()}`, idSpace);
        return [id, { ...rule, id }];
      }),
    ),
    tokensVoidUpTo: new Map(),
    settings: defaultSettings,
    clockOffsetMs: 0,
    baseNow: parts.now,
    newId: parts.newId,
  };
  return state;
}
