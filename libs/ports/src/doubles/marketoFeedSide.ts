import { SyncError } from '@lockstep/change-events';
import type { FeedPage, MarketoPeople, Merge } from '../marketoPeople.ts';
import type { Activity, MarketoPersonStore } from './marketoPersonStore.ts';

/** Does what a method of the port does, after the hook before it. */
export type Call = <Result>(operation: keyof MarketoPeople, run: () => Result) => Promise<Result>;

const feedPageMax = 300;

type Feeds = Pick<MarketoPeople, 'openFeed' | 'readFeed' | 'readDeleted' | 'readMergesAndPartitions'>;

/** The feeds of the double: one log, read in blocks. */
export function feedSide(store: MarketoPersonStore, call: Call, feedBlock = feedPageMax): Feeds {
  return {
    openFeed: (sinceMs) => call('openFeed', () => positionText(Math.floor(sinceMs / 1000) * 1000, 0)),
    readFeed: (position) => call('readFeed', () => readFeed(store, position, feedBlock)),
    readDeleted: (position) =>
      call('readDeleted', () => {
        const page = readBlock(store, position, feedBlock);
        const deleted = page.activities.filter(({ activityType }) => activityType === 37);

        return { ...page.next, personIds: deleted.map(({ personId }) => personId) };
      }),
    readMergesAndPartitions: (position) =>
      call('readMergesAndPartitions', () => {
        const page = readBlock(store, position, feedBlock);
        const partitionRows = page.activities.filter(({ activityType }) => activityType === 100);

        return { ...page.next, merges: page.activities.flatMap(mergeOf), partitionRows };
      }),
  };
}

function positionText(sinceMs: number, afterId: number): string {
  return `${sinceMs},${afterId}`;
}

type Block = {
  readonly activities: readonly Activity[];
  readonly next: Pick<FeedPage, 'position' | 'hasMore' | 'refused'>;
};

/** Looks at one block of the log; activities before the start time do not count. */
function readBlock(store: MarketoPersonStore, position: string, blockSize: number): Block {
  const [sinceMs = NaN, afterId = NaN] = position.split(',').map(Number);
  if (Number.isNaN(sinceMs) || Number.isNaN(afterId)) throw new SyncError('MARKETO_POSITION_LOST');
  const block = store.activities.slice(afterId, afterId + blockSize);
  const lastId = afterId + block.length;

  return {
    activities: block.filter(({ activityDate }) => Date.parse(activityDate) >= sinceMs),
    next: {
      refused: [],
      position: positionText(sinceMs, lastId),
      hasMore: lastId < store.activities.length,
    },
  };
}

function readFeed(store: MarketoPersonStore, position: string, blockSize: number): FeedPage {
  const { activities, next } = readBlock(store, position, blockSize);

  return { ...next, rows: activities.filter(({ activityType }) => activityType < 32) };
}

function mergeOf({ activityType, personId, newValue, activityDate }: Activity): readonly Merge[] {
  if (activityType !== 32) return [];
  return [{ winnerId: personId, loserIds: (newValue ?? '').split(','), mergedAt: activityDate }];
}
