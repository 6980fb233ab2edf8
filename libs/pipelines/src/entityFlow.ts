import {
  SyncError,
  isoTime,
  topicDefinitions,
  topics,
  type FieldValues,
  type InboxMessage,
  type ScalarValues,
} from '@lockstep/change-events';
import {
  inMemoryEventLog,
  inMemoryMarketo,
  inMemoryMarketoObjects,
  inMemoryStores,
  type LogPoint,
} from '@lockstep/ports';
import {
  customTypesOf,
  defaultMapping,
  entityMappingsFor,
  goldenIdOf,
  nativePolicy,
  rowKey,
  type CustomEntity,
  type Policy,
} from '@lockstep/reconciliation';
import { createCallNumbers } from './callNumbers.ts';
import { createDeliverer } from './deliverWrites.ts';
import { deliverAll, exampleClock, exampleEvent, exampleLease, put } from './pipelineFixtures.ts';
import { createReconciler } from './reconcileChanges.ts';
import type { OwnedWrite } from './reconcile/reconcileOutput.ts';
import { createRouter } from './routeChanges.ts';

const tables = [
  'lead',
  'contact',
  'account',
  'systemuser',
  'team',
  'opportunity',
  'connection',
  'connectionrole',
];
const customTables = ['new_trip', 'new_visit'];
const sources = {
  router: [
    ...[...tables, ...customTables].map(topics.dynamicsChanges),
    topics.marketingChanges('contact'),
    topics.outcomes,
  ],
  reconciler: [topics.inbox, topics.inboxBackfill],
  deliverer: [topics.writes, topics.writesBackfill],
};
const groups = Object.keys(sources) as (keyof typeof sources)[];

type Setting = ReturnType<typeof createSetting>;

type SettingOptions = { readonly policy?: Partial<Policy>; readonly writeBack?: readonly string[] };

function createSetting(customs: readonly CustomEntity[], { policy = {}, writeBack = [] }: SettingOptions) {
  const writes: OwnedWrite[] = [];
  const faults: { at: LogPoint | null } = { at: null };
  const log = inMemoryEventLog({
    definitions: topicDefinitions(customTables),
    atPoint(point, id) {
      if (point !== faults.at || id !== 'reconciler') return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const [clock, stores, objects] = [exampleClock(), inMemoryStores(), inMemoryMarketoObjects()];
  const marketo = inMemoryMarketo({ now: clock.now });
  return { faults, log, clock, stores, objects, marketo, customs, policy, writeBack, writes };
}

const subscribe = (
  { log }: Setting,
  group: keyof typeof sources,
  handler: Parameters<Setting['log']['subscribe']>[1],
) => log.subscribe({ group, topics: sources[group], batchSizeMax: 100 }, handler);

/** An owner that remembers nothing of the one before. */
function startOwner(setting: Setting): void {
  const { stores, clock, customs, policy, writeBack, writes } = setting;
  const owner = createReconciler({
    ...stores,
    clock,
    mapping: defaultMapping,
    entityMappings: entityMappingsFor(tables, { customs, writeBack }),
    customTypes: customTypesOf(customs),
    policy: { ...nativePolicy, matchByEmail: true, ...policy },
    writeDynamics: async (planned) => void writes.push(...planned),
  });
  subscribe(setting, 'reconciler', owner);
}

function startDelivery(setting: Setting): void {
  const { stores, clock, marketo, objects } = setting;
  const deliverer = createDeliverer({
    ...{ people: marketo, backfillPeople: marketo, objects, backfillObjects: objects },
    ...{ deliveries: stores.deliveries, numbers: createCallNumbers(1), lease: exampleLease(), clock },
  });
  subscribe(setting, 'deliverer', deliverer);
}

/** What Marketo has beside persons. */
const recordsIn = (objects: Setting['objects']) => ({
  companies: (): readonly ScalarValues[] => objects.records('company'),
  opportunities: (): readonly ScalarValues[] => objects.records('opportunity'),
  roles: (): readonly ScalarValues[] => objects.records('role'),
  visits: (): readonly ScalarValues[] => objects.records('custom:visit'),
  salespersons: (): readonly ScalarValues[] => objects.records('salesperson'),
});

const roundsMax = 20;

/** Hands on everything that waits, until nothing does. */
async function flow({ log }: Setting): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    for (const group of groups) await deliverAll(log, group);
    const lags = await Promise.all(groups.map((group) => log.lag(group, sources[group])));
    if (lags.every((messages) => messages === 0)) return;
  }
}

/** What Marketo tells of persons. */
const personsIn = (setting: Setting) => {
  const tell = async (id: string, changes: Parameters<typeof exampleEvent>[0]) => {
    const event = exampleEvent({ recordId: id, version: null, ...changes });
    await put(setting.log, { topic: topics.marketingChanges('contact'), key: id, value: event });
    await flow(setting);
  };
  return {
    /** A person as a later call shows it. */
    shown: (id: string, number: number, fields: FieldValues) =>
      tell(id, { page: { epoch: 1, number }, eventId: `shown/${number}`, fields }),
    /** The end of a person, by deletion or by a merge into another, as the feed of a later call tells it. */
    gone: (id: string, number: number, mergedInto: string | null = null) =>
      tell(id, {
        ...{ operation: mergedInto === null ? 'DELETE' : 'MERGE', mergedInto, fields: null },
        ...{ eventId: `gone/${number}`, page: { epoch: 1, number } },
      }),
  };
};

/** Router, owner and delivery over doubles: what a row of Dynamics becomes in Marketo. */
export function createEntityFlow(customs: readonly CustomEntity[] = [], options: SettingOptions = {}) {
  const setting = createSetting(customs, options);
  subscribe(setting, 'router', createRouter(setting.stores.links));
  startOwner(setting);
  startDelivery(setting);
  const { log, clock, objects } = setting;
  return {
    ...setting,
    ...personsIn(setting),
    flow: () => flow(setting),
    restart: () => (startOwner(setting), flow(setting)),
    /** A row as Dynamics shows it at a version. */
    async row(table: string, id: string, { version, ...fields }: FieldValues & { version: number }) {
      const number = { epoch: 1, number: version };
      const event = exampleEvent({ recordId: id, version: number, page: number, fields });
      await put(log, { topic: topics.dynamicsChanges(table), key: id, value: event });
      await flow(setting);
    },
    /** The end of a row, as a page shows it. */
    async remove(table: string, id: string, page: number) {
      const gone = { operation: 'DELETE', version: null, fields: null } as const;
      const at = { eventId: `${id}/gone`, page: { epoch: 1, number: page } };
      const event = exampleEvent({ recordId: id, ...gone, ...at });
      await put(log, { topic: topics.dynamicsChanges(table), key: id, value: event });
      await flow(setting);
    },
    async wake(table: string, id: string, elapsedMs: number) {
      clock.advance(elapsedMs);
      const goldenId = goldenIdOf(rowKey({ system: 'dynamics', table, id }));
      const sentAt = isoTime(clock.now());
      const value: InboxMessage = { kind: 'wake-up', goldenId, reason: 'due', target: null, sentAt };
      await put(log, { topic: topics.inbox, key: goldenId, value });
      await flow(setting);
    },
    /** Lets time pass and wakes what is due, as the sweep does. */
    async wakeDue(elapsedMs: number) {
      clock.advance(elapsedMs);
      const due = await setting.stores.golden.findDue(clock.now(), 100);
      const sentAt = isoTime(clock.now());
      const values = due.map(
        (goldenId) => ({ kind: 'wake-up', goldenId, reason: 'due', target: null, sentAt }) as const,
      );
      await put(log, ...values.map((value) => ({ topic: topics.inbox, key: value.goldenId, value })));
      await flow(setting);
    },
    ...recordsIn(objects),
  };
}
