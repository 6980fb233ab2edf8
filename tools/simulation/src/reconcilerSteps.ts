import { topics } from '@lockstep/change-events';
import {
  checkFirstReads,
  createDynamicsWriter,
  createReconciler,
  createRouter,
  createSweeper,
  type OwnedWrite,
} from '@lockstep/pipelines';
import type { BatchHandler } from '@lockstep/ports';
import { customTypesOf } from '@lockstep/reconciliation';
import { customTables } from './actions.ts';
import { simulatedCustoms } from './customRows.ts';
import type { Gate } from './gate.ts';
import { commonParts, deliverOne, groups, subscribe } from './processParts.ts';
import type { RuledParts } from './ruledParts.ts';
import { givenTo } from './rulings.ts';
import type { Process, Variant, World } from './world.ts';

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
  const reconcilerBy = (given: RuledParts) =>
    createReconciler({
      ...stores,
      clock,
      ...partsBy(world.variant, given),
      customTypes: customTypesOf(simulatedCustoms),
      withheld,
      revisionEpoch: world.revisionEpoch,
      writeDynamics: async (planned) => void writes.push(...planned),
    });
  const reconciler = byRules(world, reconcilerBy);
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

const partsBy = ({ given: change, mapping, entityMappings }: Variant, given: RuledParts): RuledParts => ({
  ...(change?.(given) ?? given),
  ...(mapping && { mapping }),
  ...(entityMappings && { entityMappings }),
});

/** As the process does it: other rules are taken up between two batches. */
function byRules(world: World, reconcilerBy: (given: RuledParts) => BatchHandler): BatchHandler {
  const known = new Map<RuledParts, BatchHandler>();

  return (batch) => {
    const given = givenTo(world, batch.partition);
    const handler = known.get(given) ?? reconcilerBy(given);
    known.set(given, handler);

    return handler(batch);
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
