import { LRUCache } from 'lru-cache';
import type { GzipBeginning } from './gzipText.ts';

/** A row of another table whose name is printed on a page; undefined when there was no such row. */
export interface NamedTarget {
  readonly table: string;
  readonly id: string;
  readonly version: number | undefined;
}

/** A compressed page up to the end of its rows. */
export interface CachedPage {
  readonly beginning: GzipBeginning;
  readonly targets: readonly NamedTarget[];
}

/** Compressed pages by what is on them. A page whose rows changed has another key and ages out. */
export type PageCache = LRUCache<string, CachedPage>;

const bytesMax = 512 * 2 ** 20;
const bytesPerTarget = 128;

/** Creates an empty cache; the pages used longest ago go when it is full. */
export function createPageCache(): PageCache {
  return new LRUCache({
    maxSize: bytesMax,
    sizeCalculation: ({ beginning, targets }) => beginning.bytes.length + targets.length * bytesPerTarget,
  });
}
