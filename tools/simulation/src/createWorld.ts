import { personFields, topicDefinitions } from '@lockstep/change-events';
import {
  inMemoryDynamics,
  inMemoryEventLog,
  inMemoryMarketo,
  inMemoryRequests,
  inMemoryMarketoObjects,
  inMemoryStores,
} from '@lockstep/ports';
import { customTables, type Plan } from './actions.ts';
import { simulatedTables } from './customRows.ts';
import { campaign } from './askActs.ts';
import { keptOutName } from './drawRules.ts';
import { strikeCommit } from './gate.ts';
import { expectedMapping, ruledParts } from './ruledParts.ts';
import { strikerOf } from './strikerOf.ts';
import type { Variant, World } from './world.ts';

const startMs = Date.UTC(2026, 10, 22, 8);
/** Marketo gives up a call after 90 s (marketo-rest 2.4): what it commits late it commits before that. */
const lateMs = 85_000;

/** What the instance has beside the fields that every one has. */
const ownFields = [{ name: keptOutName, type: 'boolean' }] as const;

export function createWorld(plan: Plan, variant: Variant): World {
  const clock = { now: () => world.nowMs };
  const objects = inMemoryMarketoObjects();
  const world: World = {
    plan,
    variant,
    mapping: expectedMapping(plan),
    rulings: [{ rules: plan.rules, given: ruledParts(plan), readAtMs: [0, 0] }],
    ruledSinceMs: 0,
    withheld: new Set(),
    nowMs: startMs,
    dynamics: inMemoryDynamics({ clock, tables: simulatedTables, pageSizeMax: plan.pageSizeMax }),
    marketo: inMemoryMarketo({
      ...{ now: clock.now, feedBlock: plan.feedBlock, fields: [...personFields, ...ownFields], objects },
    }),
    objects,
    stores: inMemoryStores(),
    revisionEpoch: 1,
    log: inMemoryEventLog({
      definitions: topicDefinitions(customTables),
      atPoint: (point) => {
        const isCommit = point === 'commit' || point === 'committed';
        if (isCommit && world.current) strikeCommit(world.current, strikerOf(world));
      },
    }),
    rows: [],
    beside: { account: [], opportunity: [], new_visit: [], new_bill: [] },
    mergedPersons: [],
    requests: inMemoryRequests(),
    asked: [],
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
  world.dynamics.seedCampaign(campaign.id, campaign.name);
  world.dynamics.hooks.afterCreate = ({ table, id }, { result }) => {
    if (result === 'WRITTEN') world.rows.push({ table: table === 'contact' ? 'contact' : 'lead', id });
  };
  objects.hooks.beforeUpsert = () => takePutOff(world);
  return world;
}

function takePutOff(world: World): 'LATER' | void {
  if (!world.putOff) return;
  world.putOff = false;
  world.lateDueMs ??= world.nowMs + lateMs;
  return 'LATER';
}
