import { callLanes, type CallLane } from '@lockstep/ports';

export type LaneQueue<Item> = {
  readonly size: number;
  add(lane: CallLane, item: Item): void;
  /** The item whose turn it is, taken out; undefined when none waits, or none of an urgent lane while the others rest. */
  take(doOthersRest: boolean): Item | undefined;
  /** Whether `take` would find one. */
  has(doOthersRest: boolean): boolean;
};

/** Lanes that never rest: people wait for them. */
export const isUrgent = (lane: CallLane): boolean => lane === 'REQUEST' || lane === 'FRESH';

/** A lane that waits is passed over at most so often: one call in ten for backfill, one in fifty for audits. */
const passedOverMax: Readonly<Record<CallLane, number>> = {
  REQUEST: Infinity,
  FRESH: Infinity,
  BACKFILL: 9,
  AUDIT: 49,
};

/** First the lane whose share is due, also while it rests, else the most urgent one; within a lane by age. */
export function createLaneQueue<Item>(): LaneQueue<Item> {
  const waiting: Record<CallLane, Item[]> = { REQUEST: [], FRESH: [], BACKFILL: [], AUDIT: [] };
  const passedOver: Record<CallLane, number> = { REQUEST: 0, FRESH: 0, BACKFILL: 0, AUDIT: 0 };
  const nonEmpty = (): CallLane[] => callLanes.filter((lane) => waiting[lane].length > 0);
  const nextOf = (lanes: readonly CallLane[], doOthersRest: boolean): CallLane | undefined =>
    // The rarer share is asked first, or the more frequent one would always stand before it.
    lanes.findLast((lane) => passedOver[lane] >= passedOverMax[lane]) ??
    lanes.find((lane) => isUrgent(lane) || !doOthersRest);

  return {
    get size() {
      return callLanes.reduce((sum, lane) => sum + waiting[lane].length, 0);
    },
    add(lane, item) {
      waiting[lane].push(item);
    },
    has: (doOthersRest) => nextOf(nonEmpty(), doOthersRest) !== undefined,
    take(doOthersRest) {
      const lanes = nonEmpty();
      const next = nextOf(lanes, doOthersRest);
      if (next === undefined) return undefined;
      for (const lane of lanes) passedOver[lane] += 1;
      passedOver[next] = 0;

      return waiting[next].shift();
    },
  };
}
