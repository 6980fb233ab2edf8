import {
  SyncError,
  topics,
  type DeliveryOutcome,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import {
  inMemoryEventLog,
  inMemoryMarketo,
  inMemoryMarketoObjects,
  inMemoryStores,
  type Clock,
  type DeliveryStore,
  type MarketoPeople,
  type UpsertRequest,
} from '@lockstep/ports';
import { createCallNumbers } from '../callNumbers.ts';
import { createDeliverer } from '../deliverWrites.ts';
import {
  deliverAll,
  eventsOf,
  exampleClock,
  exampleCommand,
  exampleId,
  exampleLease,
  put,
} from '../pipelineFixtures.ts';

export const group = 'deliverer';

type SettingOptions = {
  /** An address that more persons share than Marketo can list. */
  readonly crowded?: string;
  readonly onLoad?: DeliveryStore['load'];
  /** At once unless said otherwise. */
  readonly sleep?: Clock['sleep'];
};

/** A delivery in memory. */
export function createDeliverSetting({ crowded = '', onLoad, sleep }: SettingOptions = {}) {
  const standing = exampleClock();
  const clock = { ...standing, sleep: sleep ?? standing.sleep };
  const lease = exampleLease();
  const marketo = inMemoryMarketo({ now: clock.now });
  const stored = inMemoryStores().deliveries;
  const deliveries = { ...stored, load: onLoad ?? stored.load };
  const log = inMemoryEventLog();
  const numbers = createCallNumbers(1);
  const sent: UpsertRequest[] = [];
  marketo.hooks.beforeUpsert = (request) => void sent.push(request);
  const people: MarketoPeople = {
    ...marketo,
    async findPersons(field, values) {
      if (crowded !== '' && values.includes(crowded)) throw new SyncError('MARKETO_AMBIGUOUS', { field });
      return marketo.findPersons(field, values);
    },
  };
  const objects = inMemoryMarketoObjects();
  const deliverer = createDeliverer({
    ...{ people, backfillPeople: people, deliveries, numbers, lease, clock },
    ...{ objects, backfillObjects: objects },
  });
  log.subscribe({ group, topics: [topics.writes, topics.writesBackfill], batchSizeMax: 1000 }, deliverer);
  const outcomes = () => eventsOf<DeliveryOutcome>(log, topics.outcomes);
  return {
    ...{ clock, lease, marketo, deliveries, log, numbers, sent, outcomes, deliverer },
    lastOutcome: (goldenId = exampleId(1)) =>
      outcomes()
        .filter((outcome) => outcome.goldenId === goldenId)
        .at(-1),
    async send(...commands: WriteCommand[]) {
      await put(
        log,
        ...commands.map((command) => ({
          topic: command.lane === 'BACKFILL' ? topics.writesBackfill : topics.writes,
          key: command.goldenId,
          value: command,
        })),
      );
      await deliverAll(log, group);
    },
  };
}

export const fail = (code: 'MARKETO_BUSY' | 'MARKETO_REFUSED' | 'MARKETO_OUTCOME_UNKNOWN') => () => {
  throw new SyncError(code);
};
export const update = (personId: string, fields: ScalarValues, changes: Partial<WriteCommand> = {}) =>
  exampleCommand({ operation: 'UPDATE', personId, fields, ...changes });
export const revision = (number: number) => ({ epoch: 1, number });
