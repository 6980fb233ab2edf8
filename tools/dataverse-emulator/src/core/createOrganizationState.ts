import { v5 as uuidFromName } from 'uuid';
import { idSpace, userId } from './actor.ts';
import { createApplication, type Application } from './application.ts';
import { createBoundedLog } from './boundedLog.ts';
import { standardDuplicateRules } from './duplicateRules.ts';
import { defaultSettings } from './emulatorSettings.ts';
import { createFaultPlan } from './faultPlan.ts';
import { createMetadataVersions } from './metadataChanges.ts';
import type { Identity, OrganizationState } from './organizationState.ts';
import { createPageCache } from './pageCache.ts';
import type { ManyToMany } from './relationships.ts';
import { createRowStore } from './rowStore.ts';
import { createServiceProtection } from './serviceProtection.ts';
import { createStateLog } from './stateLog.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { createUsage } from './usage.ts';
import { createWebhooks } from './webhooks.ts';

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
