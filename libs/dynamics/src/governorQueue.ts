/** LIVE keeps the sides in step, CONTROL asks about the organisation, BACKFILL can wait. */
export type DataverseLane = 'LIVE' | 'CONTROL' | 'BACKFILL';

/** Waiting requests by lane. */
export type GovernorQueue<Item> = {
  add(lane: DataverseLane, item: Item): void;
  remove(lane: DataverseLane, item: Item): void;
  /** LIVE before CONTROL before BACKFILL, but for every tenth. */
  take(): { readonly lane: DataverseLane; readonly item: Item } | null;
  size(): number;
};

const order: readonly DataverseLane[] = ['LIVE', 'CONTROL', 'BACKFILL'];
/** Backfill always keeps a small share (design section 4). */
const backfillEvery = 10;

export function createGovernorQueue<Item>(): GovernorQueue<Item> {
  const lanes: Record<DataverseLane, Item[]> = { LIVE: [], CONTROL: [], BACKFILL: [] };
  let taken = 0;

  return {
    add: (lane, item) => void lanes[lane].push(item),
    remove(lane, item) {
      lanes[lane] = lanes[lane].filter((other) => other !== item);
    },
    size: () => order.reduce((sum, lane) => sum + lanes[lane].length, 0),
    take() {
      const turn = (taken + 1) % backfillEvery === 0 ? order.toReversed() : order;
      const lane = turn.find((name) => lanes[name].length > 0);
      const item = lane && lanes[lane].shift();
      if (lane === undefined || item === undefined) return null;
      taken += 1;

      return { lane, item };
    },
  };
}
