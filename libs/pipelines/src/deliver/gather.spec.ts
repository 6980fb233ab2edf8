import { systemClock } from '@lockstep/service-runtime';
import { createGatherer, type GatherOptions } from './gather.ts';

type Item = { readonly key: string | null; readonly bytes: number };

const turn = () => new Promise((resolve) => setImmediate(resolve));
const item = (key: string | null, bytes = 1): Item => ({ key, bytes });
const items = (count: number): Item[] => Array.from({ length: count }, (_, n) => item(`${n}`));

/** Answers the place of an item in its call; `age` is over when it is called. */
function createStage(limits: Partial<GatherOptions<Item, number>> = {}) {
  const calls: (readonly Item[])[] = [];
  const ends: (() => void)[] = [];
  const { traffic = { coming: 0 } } = limits;
  const gather = createGatherer<Item, number>({
    ageMs: 20,
    traffic,
    itemsMax: 300,
    bytesMax: 1000,
    bytesOf: ({ bytes }) => bytes,
    keyOf: ({ key }) => key,
    clock: { ...systemClock, sleep: () => new Promise((resolve) => ends.push(resolve)) },
    async call(asked) {
      calls.push(asked);
      return asked.map((_, at) => at);
    },
    ...limits,
  });
  return {
    gather(each: Item) {
      traffic.coming += 1;
      return gather(each).finally(() => (traffic.coming -= 1));
    },
    sizes: () => calls.map(({ length }) => length),
    async age() {
      for (const end of ends.splice(0)) end();
      await turn();
    },
  };
}

describe('calls that several callers share', () => {
  it('leave when they are full, and what is left over when it is old enough', async () => {
    const { gather, sizes, age } = createStage();

    const answers = Promise.all([...items(250), ...items(250).map(({ key }) => item(`b${key}`))].map(gather));
    await turn();
    expect(sizes()).toEqual([300]);
    await age();

    expect(sizes()).toEqual([300, 200]);
    expect((await answers)[499]).toBe(199);
  });

  it('wait for what is on its way, until they are old enough', async () => {
    const { gather, sizes, age } = createStage({ ageMs: 60, traffic: { coming: 1 } });

    void gather(item('a'));
    await age();
    await age();
    expect(sizes()).toEqual([]);
    await age();

    expect(sizes()).toEqual([1]);
  });

  it('leave as soon as nobody else is on the way', async () => {
    const traffic = { coming: 1 };
    const { gather, sizes, age } = createStage({ ageMs: 2_000, traffic });

    void gather(item('a'));
    void gather(item('b'));
    await age();
    expect(sizes()).toEqual([]);
    traffic.coming -= 1;
    await age();

    expect(sizes()).toEqual([2]);
  });

  it('leave before they are larger than Marketo takes', async () => {
    const { gather, sizes, age } = createStage();

    void [item('a', 600), item('b', 300), item('c', 200)].map(gather);
    await age();

    expect(sizes()).toEqual([2, 1]);
  });

  it('never hold two items of one key, and keep their order', async () => {
    const { gather, sizes, age } = createStage();

    const answers = Promise.all([item('a'), item('b'), item('a'), item('c')].map(gather));
    await age();

    expect(sizes()).toEqual([2, 2]);
    expect(await answers).toEqual([0, 1, 0, 1]);
  });

  it('fail for everybody who shares them, and for nobody else', async () => {
    let calls = 0;
    const call = async (asked: readonly Item[]) => {
      calls += 1;
      if (calls === 1) throw new Error('busy');
      return asked.map((_, at) => at);
    };
    const { gather } = createStage({ call, itemsMax: 2 });

    const settled = await Promise.allSettled(items(4).map(gather));

    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
