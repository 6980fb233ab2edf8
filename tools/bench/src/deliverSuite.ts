import { setTimeout as sleep } from 'node:timers/promises';
import { createCallNumbers, deliverLanes } from '@lockstep/pipelines';
import { marketoBatchMax } from '@lockstep/ports';
import { systemClock } from '@lockstep/service-runtime';
import { publishCommands, type CommandPlan } from './deliverCommands.ts';
import { createDeliveryRecord, type DeliveryRecord } from './deliveryRecord.ts';
import { openDeliverStage, type DeliverStage } from './deliverStage.ts';
import { inMs, quantile } from './latencies.ts';
import { median, type Measurement } from './measure.ts';
import { measureStore, storeRateOf, type StoreWork } from './storeRate.ts';

export type DeliverSuiteOptions = {
  readonly people?: number;
  /** Percent of the people that have a value which Marketo refuses. */
  readonly bad?: number;
};

/** Calls a second of the contract (100 in 20 s) by records a call. */
const contractRate = 5 * marketoBatchMax;
const peopleDefault = 100_000;
const seedPage = 5_000;
const betweenEditsMs = 500;
/** For the edits that were sent last. */
const lastAnswersMs = 5_000;

type Load = { readonly people: number; readonly bad: number; readonly ids: readonly number[] };

/**
 * A backfill of updates for `people` persons, then a quarter as many again while a person is edited every half second. The
 * marketing service's own delivery, in this process; Marketo is emulated in another, with the limits of its contract.
 */
export async function runDeliverSuite(options: DeliverSuiteOptions): Promise<readonly Measurement[]> {
  const stage = await openDeliverStage();
  try {
    const people = options.people ?? peopleDefault;
    const load = { people, bad: options.bad ?? 0, ids: await seedPersons(stage, people) };
    const empty = await measureStore((await stage.emptyStores()).deliveries, storeLoad(load, 0));
    const publisher = await stage.log.openPublisher('bench/backfill');
    await publishCommands(publisher, backfillOf(load));
    await publisher.close();
    return await measureDelivery(stage, load, empty);
  } finally {
    await stage.close();
  }
}

/** Before, on an empty store, and afterwards, on the one that holds everybody: it slows down as it grows, and from minute to minute. */
const storeLoad = ({ people }: Load, first: number) => ({ first, persons: Math.min(people, 15_000) });

async function seedPersons({ control }: DeliverStage, people: number): Promise<readonly number[]> {
  const ids: number[] = [];
  while (ids.length < people) {
    const count = Math.min(seedPage, people - ids.length);
    const persons = Array.from({ length: count }, (_, at) => ({ lastName: `Person ${ids.length + at}` }));
    ids.push(...(await control.post<{ ids: number[] }>('persons', { persons })).ids);
  }
  return ids;
}

const editedDuring = (people: number): number => Math.floor(people / 4);

/** The people once, then a quarter of them again. */
function backfillOf({ people, bad, ids }: Load): CommandPlan[] {
  const plan = (person: number, revision: number): CommandPlan => ({
    ...{ person, revision, marketoId: ids[person] ?? 0, lane: 'BACKFILL' },
    isBad: revision === 1 && (person * bad) % 100 < bad,
  });
  const again = Array.from({ length: editedDuring(people) }, (_, person) => plan(person, 2));
  return [...Array.from({ length: people }, (_, person) => plan(person, 1)), ...again];
}

async function measureDelivery(
  stage: DeliverStage,
  load: Load,
  emptyStore: StoreWork,
): Promise<readonly Measurement[]> {
  const record = createDeliveryRecord();
  const stop = new AbortController();
  const delivering = deliverLanes(
    {
      people: record.people(stage.marketo.lane('FRESH')),
      objects: stage.marketo.objects('FRESH'),
      backfillPeople: record.backfillPeople(stage.marketo.lane('BACKFILL')),
      backfillObjects: stage.marketo.objects('BACKFILL'),
      deliveries: record.store(stage.stores.deliveries),
      numbers: createCallNumbers(1),
      lease: { isHeld: () => true },
      log: stage.log,
      clock: systemClock,
      onDelivered: record.onDelivered,
    },
    stop.signal,
  );
  const endedMs = await record.reached(load.people);
  const edits = await measureEdits(stage, load, { record, endedMs });
  stop.abort();
  await delivering;
  const fullStore = await measureStore(stage.stores.deliveries, storeLoad(load, load.people));
  const storeRate = storeRateOf([emptyStore, fullStore]);
  return [
    ...loadResults(load, record),
    ...rates(load, { record, storeRate, endedMs }),
    ...edits,
    await refusedCalls(stage),
  ];
}

/** Of the whole backfill, the second part too. */
function loadResults({ people, bad }: Load, { outcomes, writes }: DeliveryRecord): Measurement[] {
  const first = outcomes.filter(({ lane, revision }) => lane === 'BACKFILL' && revision.number === 1);
  const listed = first.filter(({ code, field }) => code !== null && field === 'email').length;
  const good = first.filter(({ code, result }) => code === null && result === 'UPDATED').length;
  const badPeople = Math.ceil((people * bad) / 100);
  const records = writes.reduce((sum, size) => sum + size, 0);
  const least = Math.ceil((people + editedDuring(people)) / marketoBatchMax);
  return [
    counted('records a call', records / writes.length, marketoBatchMax),
    counted('calls, to the least possible', writes.length, least),
    counted('people delivered', good, people - badPeople),
    ...(badPeople === 0 ? [] : [counted('bad records listed', listed, badPeople)]),
  ];
}

const counted = (name: string, value: number, ceiling: number): Measurement => ({
  ...{ name, value, ceiling },
  unit: '',
  ceilingMin: 0,
});

const inPeople = (name: string, value: number, ceiling: number): Measurement => ({
  ...{ name, value, ceiling },
  unit: 'people/s',
  ceilingMin: 0,
});

type Finished = { readonly record: DeliveryRecord; readonly storeRate: number; readonly endedMs: number };

const rateOf = (people: number, fromMs: number, toMs: number): number => (people * 1_000) / (toMs - fromMs);

function rates({ people }: Load, { record, storeRate, endedMs }: Finished): Measurement[] {
  const rate = rateOf(people, record.startedMs(), endedMs);
  return [
    inPeople('rate, to the store alone and the contract', rate, Math.min(storeRate, contractRate)),
    inPeople('the store alone, to the contract', storeRate, contractRate),
  ];
}

/** Edits of people who are not in the rest of the backfill, until that is through. */
async function measureEdits(
  stage: DeliverStage,
  { people, ids }: Load,
  { record, endedMs: begunMs }: Omit<Finished, 'storeRate'>,
): Promise<Measurement[]> {
  const again = editedDuring(people);
  const before = rateOf(people, record.startedMs(), begunMs);
  const publisher = await stage.log.openPublisher('bench/edits');
  const sentMs = new Map<number, number>();
  let isOver = false;
  const ended = record.reached(people + again).finally(() => (isOver = true));
  for (let person = people - 1; !isOver && person >= again; person -= 1) {
    const marketoId = ids[person] ?? 0;
    sentMs.set(marketoId, performance.now());
    await publishCommands(publisher, [{ person, marketoId, revision: 3, lane: 'LIVE' }]);
    await Promise.race([sleep(betweenEditsMs), ended]);
  }
  const during = rateOf(again, begunMs, await ended);
  await publisher.close();
  await sleep(lastAnswersMs);
  const timesMs = [...sentMs].map(([id, atMs]) => (record.answeredMs(id) ?? Infinity) - atMs);
  const barMs = 2 * median(record.batchesMs);
  return [
    inMs(`p50 of ${timesMs.length} edits meanwhile, to two batches' time`, quantile(timesMs, 0.5), barMs),
    inMs('p99', quantile(timesMs, 0.99), barMs),
    inPeople('rate of the backfill meanwhile, to before', during, before),
  ];
}

type Call = { readonly codes: readonly string[] };

async function refusedCalls({ control }: DeliverStage): Promise<Measurement> {
  const { calls } = await control.get<{ calls: readonly Call[] }>('calls?after=0&limit=100000');
  const refused = calls.filter(({ codes }) => codes.includes('606') || codes.includes('615')).length;
  return counted('calls refused with 606 or 615, of all', refused, calls.length);
}
