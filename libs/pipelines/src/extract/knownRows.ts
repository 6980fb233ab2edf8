import { hashOf, parseKey, printKey, type Key } from './guidKey.ts';

/** A row as its last event on the topic shows it. */
export type RowMark = { readonly version: number; readonly changedAt: string | null };
/** `epoch` of the version, as published. */
export type PublishedMark = RowMark & { readonly epoch: number };

/**
 * UNKNOWN: never published, or deleted since. SAME: published like this. DIFFERENT: published in another state.
 * BACKWARD: published in this epoch in a state that cannot have come before this one, so the environment was put back.
 */
export type Verdict = 'UNKNOWN' | 'SAME' | 'DIFFERENT' | 'BACKWARD';

/** What is published of a table, packed: some 34 to 51 bytes a row, outside the heap (docs/decisions/0010). */
export type KnownRows = {
  /** What the topic says; a later call about the same row replaces an earlier one. */
  learn(id: string, mark: PublishedMark): void;
  /** The topic says that the row is deleted. */
  learnDelete(id: string): void;
  judge(id: string, mark: RowMark): Verdict;
  /** The row exists; `mark` null when only that much can be told. */
  meet(id: string, mark: RowMark | null): void;
  /** True when the row was met in this version or a later one. */
  isMetAt(id: string, version: number): boolean;
  /** All that was published so far belongs to an epoch that is over. */
  endEpoch(): void;
  /** Memory that the index takes. */
  bytes(): number;
  /** Known rows that are not deleted. */
  count(): number;
  missingCount(): number;
  /** Ids that are known, not deleted and not met. */
  missing(): Iterable<string>;
};

type Segment = {
  keys: Uint32Array;
  versions: Float64Array;
  seconds: Uint32Array;
  flags: Uint8Array;
  used: number;
};
type Place = { readonly segment: Segment; readonly slot: number };

/** Each segment grows by itself, so that growing never copies more than a 256th of the rows. */
const segmentCount = 256;
const firstCapacity = 16;
const slotBytes = 16 + 8 + 4 + 1;
const growth = 1.5;
const loadMax = 0.85;
const isUsed = 1;
const isDeleted = 2;
const isMet = 4;
/** Published in an epoch that is over, so that a lower version says nothing. */
const isPast = 8;

export function createKnownRows(epoch: number): KnownRows {
  let epochEnded = false;
  const segments = Array.from({ length: segmentCount }, () => createSegment(firstCapacity));
  const find = (id: string): Place | null => {
    const key = parseKey(id);
    const hash = hashOf(key);
    const segment = segments[hash % segmentCount] as Segment;
    const slot = slotOf(segment, key, hash);

    return segment.flags[slot] === 0 ? null : { segment, slot };
  };
  const put = (id: string, mark: RowMark | null, flags: number): void => {
    const key = parseKey(id);
    const hash = hashOf(key);
    const index = hash % segmentCount;
    segments[index] = grown(segments[index] as Segment);
    const segment = segments[index];
    write(segment, slotOf(segment, key, hash), { key, mark, flags });
  };

  return {
    learn: (id, mark) => put(id, mark, mark.epoch < epoch ? isUsed | isPast : isUsed),
    learnDelete: (id) => put(id, null, isUsed | isDeleted | pastFlag(find(id))),
    judge(id, mark) {
      const place = find(id);
      const verdict = place === null ? 'UNKNOWN' : judge(place, mark);
      if (place === null || verdict !== 'BACKWARD') return verdict;
      if (!epochEnded && pastFlag(place) === 0) return verdict;

      return hasFlag(place, isDeleted) ? 'UNKNOWN' : 'DIFFERENT';
    },
    meet: (id, mark) => put(id, mark, isUsed | isMet),
    isMetAt(id, version) {
      const place = find(id);
      if (place === null) return false;

      return hasFlag(place, isMet) && (place.segment.versions[place.slot] ?? 0) >= version;
    },
    endEpoch() {
      epochEnded = true;
    },
    bytes: () => segments.reduce((sum, { flags }) => sum + flags.length * slotBytes, 0),
    count: () => countOf(segments, (flags) => (flags & isDeleted) === 0),
    missingCount: () => countOf(segments, isMissing),
    missing: () => missing(segments),
  };
}

const pastFlag = (place: Place | null): number =>
  place === null ? 0 : (place.segment.flags[place.slot] ?? 0) & isPast;

function judge(place: Place, { version, changedAt }: RowMark): Verdict {
  const { segment, slot } = place;
  const known = segment.versions[slot] ?? 0;
  if (version < known) return 'BACKWARD';
  if (hasFlag(place, isDeleted)) return version === known && known > 0 ? 'BACKWARD' : 'UNKNOWN';
  if (version > known) return 'DIFFERENT';

  return secondsOf(changedAt) === segment.seconds[slot] ? 'SAME' : 'BACKWARD';
}

const hasFlag = ({ segment, slot }: Place, flag: number): boolean =>
  ((segment.flags[slot] ?? 0) & flag) !== 0;

function createSegment(capacity: number): Segment {
  return {
    keys: new Uint32Array(capacity * 4),
    versions: new Float64Array(capacity),
    seconds: new Uint32Array(capacity),
    flags: new Uint8Array(capacity),
    used: 0,
  };
}

type Entry = { readonly key: Key; readonly mark: RowMark | null; readonly flags: number };

/** Without a mark the version that is known stays: it tells whether a row that comes back was put back. */
function write(segment: Segment, slot: number, { key, mark, flags }: Entry): void {
  if (segment.flags[slot] === 0) {
    segment.keys.set(key, slot * 4);
    segment.used += 1;
  }
  segment.flags[slot] = flags;
  if (mark === null) return;
  segment.versions[slot] = mark.version;
  segment.seconds[slot] = secondsOf(mark.changedAt);
}

/** Open addressing: the slot that holds the key, or the free one where it belongs. */
function slotOf({ keys, flags }: Segment, key: Key, hash: number): number {
  const capacity = flags.length;
  let slot = Math.floor(hash / segmentCount) % capacity;
  while (flags[slot] !== 0 && !isAt(keys, slot, key)) slot = (slot + 1) % capacity;

  return slot;
}

function isAt(keys: Uint32Array, slot: number, key: Key): boolean {
  const at = slot * 4;

  return keys[at] === key[0] && keys[at + 1] === key[1] && keys[at + 2] === key[2] && keys[at + 3] === key[3];
}

function grown(segment: Segment): Segment {
  const capacity = segment.flags.length;
  if (segment.used + 1 <= capacity * loadMax) return segment;
  const next = createSegment(Math.ceil(capacity * growth));
  for (let slot = 0; slot < capacity; slot += 1) if (segment.flags[slot] !== 0) move(segment, slot, next);

  return next;
}

function move(from: Segment, slot: number, to: Segment): void {
  const key = keyAt(from.keys, slot);
  const target = slotOf(to, key, hashOf(key));
  to.keys.set(key, target * 4);
  to.versions[target] = from.versions[slot] ?? 0;
  to.seconds[target] = from.seconds[slot] ?? 0;
  to.flags[target] = from.flags[slot] ?? 0;
  to.used += 1;
}

const isMissing = (flags: number): boolean => (flags & (isUsed | isDeleted | isMet)) === isUsed;

function countOf(segments: readonly Segment[], counts: (flags: number) => boolean): number {
  let count = 0;
  for (const { flags } of segments) for (const flag of flags) if (flag !== 0 && counts(flag)) count += 1;

  return count;
}

function* missing(segments: readonly Segment[]): Generator<string> {
  for (const { keys, flags } of segments)
    for (let slot = 0; slot < flags.length; slot += 1)
      if (isMissing(flags[slot] ?? 0)) yield printKey(keyAt(keys, slot));
}

/** Dataverse keeps whole seconds. */
const secondsOf = (changedAt: string | null): number =>
  changedAt === null ? 0 : Math.floor(Date.parse(changedAt) / 1000) >>> 0;

function keyAt(keys: Uint32Array, slot: number): Key {
  const word = (nth: number): number => keys[slot * 4 + nth] ?? 0;

  return [word(0), word(1), word(2), word(3)];
}
