import { topics } from '@lockstep/change-events';
import {
  createDeliverer,
  openNotifier,
  openRequestPublisher,
  openTableExtractor,
  type Stepper,
} from '@lockstep/pipelines';
import type { Piece, ProcessName } from './actions.ts';
import { createGate, guardPort, type Gate } from './gate.ts';
import { commonParts, deliverOne, groups, subscribe } from './processParts.ts';
import { openReconciler } from './reconcilerSteps.ts';
import { strikerOf } from './strikerOf.ts';
import type { Process, Step, World } from './world.ts';

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
