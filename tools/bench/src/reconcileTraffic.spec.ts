import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topicSchemas,
  type GoldenEvent,
} from '@lockstep/change-events';
import { inMemoryStores } from '@lockstep/ports';
import { encodeTraffic, openReconcileRun } from './reconcileRun.ts';
import { makeTraffic, type TrafficKind } from './reconcileTraffic.ts';
import { schemaIdsInMemory } from './schemaIdsInMemory.ts';

const traffic = makeTraffic({ people: 300, events: 400 });

type Found = {
  readonly kind: TrafficKind | undefined;
  readonly saves: number;
  readonly event: GoldenEvent | undefined;
};

const changedIn = ({ event }: Found) => event?.changed ?? [];
const conflictsIn = ({ event }: Found) => event?.conflicts ?? [];

/** What the product's loop makes of the messages that were meant as `kind`. */
async function decideAll() {
  const codec = createMessageCodec(createCodec(schemaIdsInMemory(), subjectSchemas(topicSchemas())));
  const stores = inMemoryStores();
  await stores.golden.save(traffic.golden.map((record) => ({ record, expected: null })));
  const run = openReconcileRun(codec, stores);
  const inbox = await encodeTraffic(codec, traffic.messages);
  const found: Found[] = [];
  for (const [at, message] of inbox.entries()) {
    const { saves, goldenEvents } = await run([message]);
    found.push({ kind: traffic.messages[at]?.kind, saves: saves.length, event: goldenEvents.at(-1) });
  }
  return (kind: TrafficKind) => found.filter((each) => each.kind === kind);
}

describe('the traffic of the reconcile suite', () => {
  it('is the mix that it says', () => {
    const count = (kind: TrafficKind) => traffic.messages.filter((message) => message.kind === kind).length;

    expect(count('change')).toBeGreaterThanOrEqual(240);
    expect(count('echo')).toBeGreaterThanOrEqual(55);
    expect(count('duplicate')).toBeGreaterThanOrEqual(39);
    expect(count('conflict')).toBeGreaterThanOrEqual(39);
    expect(count('create')).toBe(20);
  });

  it('is understood by the reconciler as what it was meant as', async () => {
    const of = await decideAll();

    expect(of('duplicate').map(({ saves }) => saves)).toEqual(of('duplicate').map(() => 0));
    expect(of('echo').map(({ saves }) => saves)).toEqual(of('echo').map(() => 1));
    expect(of('echo').flatMap(changedIn)).toEqual([]);
    expect(of('change').flatMap(conflictsIn)).toEqual([]);
    expect(of('change').filter((each) => changedIn(each).length === 0)).toEqual([]);
    expect(of('conflict').filter((each) => conflictsIn(each).length !== 1)).toEqual([]);
    expect(of('create').filter(({ event }) => event?.rows.length !== 1)).toEqual([]);
  });
});
