import type { Clock } from '@lockstep/ports';

/**
 * What is on its way through several gatherers. While some of it is `coming`, waiting for it can fill a call; when all of it
 * waits, nobody else will come.
 */
export type Traffic = { coming: number };

export type GatherLimits = {
  /** The longest that the first item of a call waits for others, in ms. */
  readonly ageMs: number;
  readonly itemsMax: number;
  readonly bytesMax: number;
};

export type GatherOptions<Item, Result> = GatherLimits & {
  /** One call. Answers in the order of the items; a failure is that of each of them. */
  readonly call: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly bytesOf: (item: Item) => number;
  /** Two items of one key never share a call; null has no key. */
  readonly keyOf: (item: Item) => string | null;
  readonly traffic: Traffic;
  readonly clock: Clock;
};

/** Takes an item along with the next call that has room, and resolves with its own part of the answer. */
export type Gatherer<Item, Result> = (item: Item) => Promise<Result>;

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/** A call that has not left yet. */
type Filling<Item, Result> = {
  readonly waiting: Waiting<Item, Result>[];
  readonly keys: Set<string>;
  bytes: number;
};

const lookMs = 20;

/** Gathers what several callers ask for at about the same time into full calls, in the order in which they ask. */
export function createGatherer<Item, Result>(options: GatherOptions<Item, Result>): Gatherer<Item, Result> {
  const { clock, traffic, ageMs, itemsMax, bytesMax, bytesOf, keyOf } = options;
  let filling: Filling<Item, Result> | null = null;

  function leave(leaving: Filling<Item, Result>): void {
    if (filling !== leaving) return;
    filling = null;
    traffic.coming += leaving.waiting.length;
    void answer(options, leaving.waiting);
  }

  function begin(): Filling<Item, Result> {
    const begun: Filling<Item, Result> = { waiting: [], keys: new Set(), bytes: 0 };
    void fillUp(begun);
    return begun;
  }

  async function fillUp(begun: Filling<Item, Result>): Promise<void> {
    for (let waitedMs = 0; waitedMs < ageMs; waitedMs += lookMs) {
      await clock.sleep(Math.min(lookMs, ageMs - waitedMs), never);
      if (filling !== begun || traffic.coming <= 0) break;
    }
    leave(begun);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const [key, bytes] = [keyOf(item), bytesOf(item)];
      if (filling && (filling.bytes + bytes > bytesMax || (key !== null && filling.keys.has(key))))
        leave(filling);
      filling ??= begin();
      filling.waiting.push({ item, resolve, reject });
      traffic.coming -= 1;
      if (key !== null) filling.keys.add(key);
      filling.bytes += bytes;
      if (filling.waiting.length >= itemsMax) leave(filling);
    });
}

const never = new AbortController().signal;

async function answer<Item, Result>(
  { call }: GatherOptions<Item, Result>,
  waiting: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await call(waiting.map(({ item }) => item));
    // There is one result per item.
    waiting.forEach(({ resolve }, at) => resolve(results[at] as Result));
  } catch (error) {
    for (const { reject } of waiting) reject(error);
  }
}
