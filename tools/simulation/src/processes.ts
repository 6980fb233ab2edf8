import type { Batch, BatchHandler, Clock, Lease } from '@lockstep/ports';
import {
  checkFirstReads,
  createDeliverer,
  createDynamicsWriter,
  createReconciler,
  createRouter,
  createSweeper,
  openNotifier,
  openRequestPublisher,
  openTableExtractor,
  type OwnedWrite,
  type Stepper,
} from '@lockstep/pipelines';
import { topics } from '@lockstep/change-events';
import { customTypesOf } from '@lockstep/reconciliation';
import { customTables, type Piece, type ProcessName } from './actions.ts';
import { simulatedCustoms } from './customRows.ts';
import { createGate, guardPort, type Gate } from './gate.ts';
import { strikerOf } from './strikerOf.ts';
import type { Choice, Process, Step, World } from './world.ts';

export const processOf: Readonly<Record<Piece, ProcessName>> = {
  'extract-lead': 'extractor',
  'extract-contact': 'extractor',
  'extract-account': 'extractor',
  'extract-opportunity': 'extractor',
  'extract-new_visit': 'extractor',
  'extract-new_bill': 'extractor',
  notify: 'marketing',
  'publish-requests': 'marketing',
  deliver: 'marketing',
  route: 'reconciler',
  reconcile: 'reconciler',
  write: 'reconciler',
  sweep: 'reconciler',
  'first-reads': 'reconciler',
};

export const groups = { route: 'router', reconcile: 'reconciler', deliver: 'deliverer' } as const;
const tables = ['lead', 'contact'] as const;
const changeTopics = [
  ...tables.map((table) => topics.dynamicsChanges(table)),
  ...tables.map((kind) => topics.marketingChanges(kind)),
];
const customTopics = customTables.map((table) => topics.dynamicsChanges(table));
const accountTopics = [topics.dynamicsChanges('account'), topics.dynamicsChanges('opportunity')];
const batchSizeMax = 100;

/** Starts a process anew: nothing of a former one is left but what is in the systems. Its ports may be struck already. */
export async function openProcess(
  world: World,
  name: ProcessName,
  gate: Gate = createGate(),
): Promise<Process> {
  switch (name) {
    case 'extractor':
      return { name, gate, steps: extractorSteps(world, gate) };
    case 'marketing':
      return { name, gate, steps: marketingSteps(world, gate) };
    case 'reconciler':
      return { name, gate, steps: await openReconciler(world, gate) };
  }
}

function commonParts(world: World, gate: Gate) {
  const striker = strikerOf(world);
  const guard = <Port extends object>(port: Port): Port => guardPort(gate, striker, port);
  const clock: Clock = {
    now: () => world.nowMs,
    monotonic: () => world.nowMs,
    sleep: () => Promise.resolve(),
  };
  const lease: Lease = { isHeld: () => gate.leaseHeld };
  const inner = world.variant.log?.(world.log) ?? world.log;
  const { openPublisher, readLatest, scanEvents, lag, expired, consume } = inner;
  const guarded = guard({ openPublisher, readLatest, scanEvents, lag, expired });
  const log = {
    ...guarded,
    consume,
    openPublisher: async (id: string) => guard(await guarded.openPublisher(id)),
  };
  return { guard, clock, lease, log };
}

/** Opens at its first step, so that opening may fail and be tried again. */
function lazily(open: () => Promise<Stepper>): Step {
  let opened: Stepper | null = null;
  return async () => {
    opened ??= await open();
    const { idleMs } = await opened.step(new AbortController().signal);
    return idleMs === 0;
  };
}

function extractorSteps(world: World, gate: Gate): Process['steps'] {
  const { guard, clock, lease, log } = commonParts(world, gate);
  const dynamics = guard(world.dynamics);
  const open = (table: string) => () =>
    openTableExtractor({
      reader: dynamics,
      log,
      lease,
      clock,
      table,
      describe: (signal) => dynamics.describe({ table, columns: null }, signal),
      origin: 'simulated',
      // With a handful of rows every delete is a large share; the brake has its own specs.
      brake: { deletesMax: 100, shareMax: 1, fewMax: 0 },
      versionEpoch: 1,
      pageSizeMax: world.plan.pageSizeMax,
      backfillGroup: groups.route,
      pollIntervalMinMs: 500,
      pollIntervalMaxMs: 5_000,
    });
  return {
    'extract-lead': lazily(open('lead')),
    'extract-contact': lazily(open('contact')),
    'extract-account': lazily(open('account')),
    'extract-opportunity': lazily(open('opportunity')),
    'extract-new_visit': lazily(open('new_visit')),
    'extract-new_bill': lazily(open('new_bill')),
  };
}

const objectsOf = ({ objects, variant }: World) => variant.objects?.(objects) ?? objects;

function marketingSteps(world: World, gate: Gate): Process['steps'] {
  const { guard, clock, lease, log } = commonParts(world, gate);
  const people = guard(world.marketo);
  const objects = guardPort(gate, strikerOf(world), objectsOf(world), 'objects.');
  const deliveries = guard(world.stores.deliveries);
  const polling = { pollIntervalMinMs: 500, pollIntervalMaxMs: 5_000, deletedIntervalMs: 10_000 };
  let opening: Awaited<ReturnType<typeof openNotifier>> | null = null;
  const openOnce = async () => (opening ??= await openNotifier({ people, log, lease, clock, ...polling }));
  let subscribed = false;
  return {
    notify: lazily(openOnce),
    'publish-requests': lazily(() =>
      openRequestPublisher({ requests: guard(world.requests), log, lease, clock }),
    ),
    async deliver(choice) {
      const { numbers } = await openOnce();
      if (!subscribed) {
        const handler = createDeliverer({
          people,
          objects,
          backfillPeople: people,
          backfillObjects: objects,
          deliveries,
          numbers,
          lease,
          clock,
        });
        subscribe(world, groups.deliver, { topics: [topics.writes, topics.writesBackfill], handler });
        subscribed = true;
      }
      return deliverOne(world, groups.deliver, choice);
    },
  };
}

function subscribe(
  world: World,
  group: string,
  { topics: names, handler }: { topics: readonly string[]; handler: BatchHandler },
): void {
  const alive = (batch: Batch) => handler(batch);
  world.log.subscribe({ group, topics: names, batchSizeMax }, alive);
}

async function deliverOne(world: World, group: string, { choice, messagesMax }: Choice): Promise<boolean> {
  const pending = world.log.pending(group);
  const chosen = pending[choice % Math.max(1, pending.length)];
  if (chosen) world.handled += 1;
  return chosen ? world.log.deliver(group, chosen.topic, chosen.partition, messagesMax) : false;
}

async function openReconciler(world: World, gate: Gate): Promise<Process['steps']> {
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
