import { isoTime, topics, type Control, type System } from '@lockstep/change-events';
import {
  addWrites,
  noWrites,
  writeKinds,
  type Clock,
  type GoldenStore,
  type OutgoingMessage,
  type WriteCounts,
  type WriteCountStore,
  type WriteKind,
} from '@lockstep/ports';
import type { WritesBySystem } from './countWrites.ts';
import { notice } from '../notices.ts';
import { targetOf, type Directions } from '../operate/directions.ts';

/**
 * How many writes of a kind may go to a system within the window: `fewMax` whatever the share, then up to `shareMax` of the golden
 * records, and never more than `numberMax`.
 */
export type WriteLimit = { readonly fewMax: number; readonly shareMax: number; readonly numberMax: number };
export type WriteLimits = Readonly<Record<WriteKind, WriteLimit>>;

export const defaultWriteLimits: WriteLimits = {
  changed: { fewMax: 5_000, shareMax: 1, numberMax: 250_000 },
  blanked: { fewMax: 100, shareMax: 0.05, numberMax: 10_000 },
  created: { fewMax: 1_000, shareMax: 0.3, numberMax: 100_000 },
  deleted: { fewMax: 100, shareMax: 0.05, numberMax: 1_000 },
};

export const brakeWindowMs = 3_600_000;
/** The actor of the commands by which a brake pauses. */
export const brakeActor = 'write-brake';

/** An instance tells the others what it counted after this time, or after so many writes. */
const toldAfterMs = 1_000;
const untoldMax = 50;
const recordsAfterMs = 60_000;

/** The limit in force, with so many golden records. */
export const limitOf = ({ fewMax, shareMax, numberMax }: WriteLimit, records: number): number =>
  Math.max(fewMax, Math.min(numberMax, Math.floor(records * shareMax)));

/** The kind of which there are too many; null while there are not. */
export function exceeded(
  counts: WriteCounts,
  limits: WriteLimits,
  records: number,
): { readonly kind: WriteKind; readonly count: number; readonly limit: number } | null {
  for (const kind of writeKinds) {
    const limit = limitOf(limits[kind], records);
    if (counts[kind] > limit) return { kind, count: counts[kind], limit };
  }
  return null;
}

export type WriteBrakeOptions = {
  readonly counts: WriteCountStore;
  readonly golden: Pick<GoldenStore, 'estimateCount'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly directions: Pick<Directions, 'withheld' | 'hold' | 'answeredAtMs'>;
  readonly limits: WriteLimits;
};

/** Holds back the writes to a system when within an hour there are too many of a kind, by all instances and in both lanes. */
export type WriteBrake = {
  /**
   * Counts what a batch is about to write. Where that is too much the direction is held from now on, and the answer is true: the
   * batch must be decided again, and writes nothing there.
   */
  weigh(writes: WritesBySystem): Promise<boolean>;
  /** What everybody must be told: published with the next batch, and again until that is committed. */
  alarms(): readonly OutgoingMessage[];
  /** They are committed. */
  told(alarms: readonly OutgoingMessage[]): void;
};

type Meter = { known: WriteCounts; untold: WriteCounts; untoldAtMs: number; toldAtMs: number };

const newMeter = (): Meter => ({
  ...{ known: noWrites, untold: noWrites, untoldAtMs: 0, toldAtMs: -Infinity },
});

const sumOf = (counts: WriteCounts): number => writeKinds.reduce((sum, kind) => sum + counts[kind], 0);

export function createWriteBrake(options: WriteBrakeOptions): WriteBrake {
  const { clock, directions, limits } = options;
  const meters: Readonly<Record<System, Meter>> = { dynamics: newMeter(), marketo: newMeter() };
  const recordsKnown = countRecords(options);
  const alarms = new Set<OutgoingMessage>();

  async function weighOne(system: System, counts: WriteCounts): Promise<boolean> {
    const sinceMs = windowStart(options, system);
    if (sumOf(counts) === 0 || sinceMs > clock.now() || directions.withheld().has(system)) return false;
    const meter = meters[system];
    await count(options, counts, { system, sinceMs, meter });
    const over = exceeded(addWrites(meter.known, meter.untold), limits, await recordsKnown());
    if (over === null) return false;
    const reason = `${over.kind} ${over.count}, at most ${over.limit} in ${brakeWindowMs / 60_000} min`;
    directions.hold(system, reason);
    const content = { reason, counts: { count: over.count, limit: over.limit }, atMs: clock.now() };
    for (const alarm of tripped(system, content)) alarms.add(alarm);

    return true;
  }

  return {
    async weigh({ dynamics, marketo }) {
      const held = [await weighOne('dynamics', dynamics), await weighOne('marketo', marketo)];

      return held.includes(true);
    },
    alarms: () => [...alarms],
    told: (list) => list.forEach((alarm) => alarms.delete(alarm)),
  };
}

/** Who lets writes flow again after a brake has agreed to those of a whole window; after that they are counted anew. */
function windowStart({ clock, directions }: WriteBrakeOptions, system: System): number {
  return Math.max(
    clock.now() - brakeWindowMs,
    (directions.answeredAtMs(system) ?? -Infinity) + brakeWindowMs,
  );
}

type Reading = { readonly system: System; readonly sinceMs: number; readonly meter: Meter };

async function count(options: WriteBrakeOptions, more: WriteCounts, reading: Reading): Promise<void> {
  const { meter } = reading;
  const nowMs = options.clock.now();
  if (sumOf(meter.untold) === 0) meter.untoldAtMs = nowMs;
  meter.untold = addWrites(meter.untold, more);
  if (sumOf(meter.untold) >= untoldMax || meter.toldAtMs + toldAfterMs <= nowMs) await tell(options, reading);
}

async function tell(
  { counts, clock }: WriteBrakeOptions,
  { system, sinceMs, meter }: Reading,
): Promise<void> {
  const { untold, untoldAtMs } = meter;
  meter.known = addWrites(meter.known, untold);
  meter.untold = noWrites;
  meter.toldAtMs = clock.now();
  await counts.add(system, untoldAtMs, untold);
  meter.known = await counts.total(system, sinceMs);
}

function countRecords({ golden, clock }: WriteBrakeOptions): () => Promise<number> {
  let records = 0;
  let countedAtMs = -Infinity;

  return async () => {
    if (countedAtMs + recordsAfterMs > clock.now()) return records;
    countedAtMs = clock.now();
    records = await golden.estimateCount();

    return records;
  };
}

type Trip = {
  readonly reason: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly atMs: number;
};

/** A command that holds over restarts and for every instance, and a notice. */
function tripped(system: System, { reason, counts, atMs }: Trip): readonly OutgoingMessage[] {
  const target = targetOf(system);
  const control: Control = {
    ...{ controlId: `${brakeActor}/${atMs}`, action: 'pause', target, actor: brakeActor, reason },
    ...{ filter: null, columns: null, from: null, to: null, at: isoTime(atMs) },
  };

  return [
    { topic: topics.control, key: target, value: control },
    notice('WRITES_BRAKED', target, { counts, atMs, facts: { reason } }),
  ];
}
