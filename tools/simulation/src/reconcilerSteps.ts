import { topics } from '@lockstep/change-events';
import {
  checkFirstReads,
  createDynamicsWriter,
  createReconciler,
  createRouter,
  createSweeper,
  type OwnedWrite,
} from '@lockstep/pipelines';
import { customTypesOf } from '@lockstep/reconciliation';
import { customTables } from './actions.ts';
import { simulatedCustoms } from './customRows.ts';
import type { Gate } from './gate.ts';
import { commonParts, deliverOne, groups, subscribe } from './processParts.ts';
import type { Process, World } from './world.ts';

const tables = ['lead', 'contact'] as const;
const changeTopics = [
  ...tables.map((table) => topics.dynamicsChanges(table)),
  ...tables.map((kind) => topics.marketingChanges(kind)),
];
const customTopics = customTables.map((table) => topics.dynamicsChanges(table));
const accountTopics = [topics.dynamicsChanges('account'), topics.dynamicsChanges('opportunity')];

/** The loops of a reconciler. */
export async function openReconciler(world: World, gate: Gate): Promise<Process['steps']> {
  const { guard, clock, log } = commonParts(world, gate);
  const stores = guardedStores(world, guard);
  const withheld = () => world.withheld;
  const writes: OwnedWrite[] = [];
  const writer = guard({ ...world.dynamics, ...world.variant.writer?.(world.dynamics) });
  const write = createDynamicsWriter({
    writer,
    publisher: await log.openPublisher('reconciler/outcomes'),
    clock,
    inFlightMax: 4,
  });
  const sweepPublisher = await log.openPublisher('reconciler/sweep');
  const reconciler = createReconciler({
    ...stores,
    clock,
    mapping: world.variant.mapping ?? world.given.mapping,
    entityMappings: world.variant.entityMappings ?? world.given.entityMappings,
    customTypes: customTypesOf(simulatedCustoms),
    policy: world.given.policy,
    withheld,
    revisionEpoch: world.revisionEpoch,
    writeDynamics: async (planned) => void writes.push(...planned),
  });
  subscribe(world, groups.route, { topics: routedTopics(world), handler: createRouter(stores.links) });
  subscribe(world, groups.reconcile, { topics: [topics.inbox, topics.inboxBackfill], handler: reconciler });
  const common = {
    ...stores,
    log,
    withheld,
    publisher: sweepPublisher,
    clock,
    reconcileGroup: groups.reconcile,
  };
  const sweeper = createSweeper({ ...common, intervalMs: 1_000 });
  return {
    route: (choice) => deliverOne(world, groups.route, choice),
    reconcile: (choice) => deliverOne(world, groups.reconcile, choice),
    write: ({ choice }) => writeOne(writes, write, choice),
    async sweep() {
      await sweeper.step(new AbortController().signal);
      return false;
    },
    async 'first-reads'() {
      await checkFirstReads({ ...common, routerGroup: groups.route, tables });
      return false;
    },
  };
}

const routedTopics = ({ plan }: World): readonly string[] => [
  ...changeTopics,
  ...(plan.accounts ? accountTopics : []),
  ...(plan.customs ? customTopics : []),
  topics.outcomes,
  topics.requests,
];

function guardedStores({ stores }: World, guard: <Port extends object>(port: Port) => Port) {
  const { golden, links, claims, consents, syncState } = stores;

  return {
    golden: guard(golden),
    links: guard(links),
    claims: guard(claims),
    consents: guard(consents),
    syncState: guard(syncState),
  };
}

/** Writes wait in memory until their turn, as behind a busy connection; a crash forgets them. */
async function writeOne(
  writes: OwnedWrite[],
  write: (writes: readonly OwnedWrite[]) => Promise<void>,
  choice: number,
): Promise<boolean> {
  const [chosen] = writes.splice(choice % Math.max(1, writes.length), 1);
  if (!chosen) return false;
  await write([chosen]);
  return true;
}
