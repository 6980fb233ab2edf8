import type { Credentials } from './apiUsers.ts';
import { createApiUsers } from './apiUsers.ts';
import { createCallLimiter } from './callLimiter.ts';
import { createFieldTable } from './fieldDefinitions.ts';
import { createFlowSteps } from './flowSteps/flowSteps.ts';
import type { Instance, Surroundings } from './instance.ts';
import { createObjectWorld } from './objects/objectWorld.ts';
import { defaultPartition } from './partition.ts';
import { createSequencedLog } from './sequencedLog.ts';
import { defaultSettings } from './settings.ts';

const firstPersonId = 1000;
const firstActivityId = 100_000;
const firstRequestNumber = 0x1000;

/** An empty subscription whose clock can be moved by `clockOffsetMs`. */
export function createInstance(surroundings: Surroundings, credentials: Credentials): Instance {
  const instance: Instance = {
    ...surroundings,
    now: () => surroundings.now() + instance.clockOffsetMs,
    settings: defaultSettings(),
    fields: createFieldTable(),
    access: createApiUsers(credentials),
    guidPrefix: surroundings.newId().slice(0, 18),
    partitions: [defaultPartition],
    persons: new Map(),
    indexes: new Map(),
    activities: [],
    states: createSequencedLog(),
    calls: createSequencedLog(),
    callBodies: { keptChars: 0, blankedThrough: 0 },
    programIds: new Map(),
    lists: new Map(),
    imports: new Map(),
    exports: { jobs: new Map(), lastNumber: 0 },
    objects: createObjectWorld(),
    flowSteps: createFlowSteps(),
    limiter: createCallLimiter(),
    waiting: new Set(),
    faults: [],
    clockOffsetMs: 0,
    lastPersonId: firstPersonId,
    lastActivityId: firstActivityId,
    activityCount: 0,
    lastRequestNumber: firstRequestNumber,
  };
  return instance;
}
