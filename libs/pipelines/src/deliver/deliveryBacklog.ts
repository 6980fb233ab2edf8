import { topics } from '@lockstep/change-events';
import { marketoBatchMax, type Clock, type EventLog, type OutgoingMessage } from '@lockstep/ports';
import type { Stepper } from '../extractChanges.ts';
import { notice } from '../notices.ts';
import { backfillGroup } from './deliverLanes.ts';

export type BacklogReport = {
  /** Commands of the backfill that wait, transaction markers counted as commands. */
  readonly left: number;
  /** Commands answered a second, in the last five minutes; null while unknown. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
};

export type DeliveryBacklogOptions = {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Commands of the backfill that this process has answered so far. */
  readonly answered: () => number;
  readonly onReport?: (report: BacklogReport) => void;
};

type Sample = { readonly atMs: number; readonly answered: number };

const intervalMs = 10_000;
const windowMs = 5 * 60_000;
const toldEveryMs = 60_000;

/**
 * Says how far a first load, or another backfill of more than one call, has been delivered: notices DELIVERY_PROGRESS each
 * minute and DELIVERY_COMPLETED at its end. What is left is what Kafka holds, so that a takeover goes on from there.
 */
export async function openDeliveryBacklog(options: DeliveryBacklogOptions): Promise<Stepper> {
  const { log, clock, answered, onReport } = options;
  const publisher = await log.openPublisher('marketo/backlog');
  let samples: readonly Sample[] = [];
  let begun: Sample | null = null;
  let toldAtMs = -Infinity;

  async function tell(report: BacklogReport, nowMs: number): Promise<void> {
    const isOver = report.left === 0;
    if (!begun || (!isOver && nowMs - toldAtMs < toldEveryMs)) return;
    const counts = {
      ...countsOf(report),
      answered: answered() - begun.answered,
      seconds: secondsSince(begun, nowMs),
    };
    await publisher.publish([message(isOver, counts, clock.now())]);
    toldAtMs = isOver ? -Infinity : nowMs;
    if (isOver) begun = null;
  }

  return {
    async step() {
      const left = await log.lag(backfillGroup, [topics.writesBackfill]);
      const sample = { atMs: clock.monotonic(), answered: answered() };
      samples = [...samples.filter(({ atMs }) => sample.atMs - atMs <= windowMs), sample];
      if (left > marketoBatchMax) begun ??= sample;
      const report = reportOf(left, samples);
      onReport?.(report);
      await tell(report, sample.atMs);

      return { idleMs: intervalMs };
    },
    close: () => publisher.close(),
  };
}

function reportOf(left: number, samples: readonly Sample[]): BacklogReport {
  const [first, last] = [samples[0], samples.at(-1)];
  const elapsedMs = first && last ? last.atMs - first.atMs : 0;
  const perSecond =
    first && last && elapsedMs > 0 ? ((last.answered - first.answered) * 1_000) / elapsedMs : null;

  return { left, perSecond, secondsLeft: perSecond === null || perSecond === 0 ? null : left / perSecond };
}

const secondsSince = ({ atMs }: Sample, nowMs: number): number => Math.round((nowMs - atMs) / 1_000);

function countsOf({ left, secondsLeft }: BacklogReport): Record<string, number> {
  return { left, ...(secondsLeft !== null && { secondsLeft: Math.round(secondsLeft) }) };
}

const message = (isOver: boolean, counts: Record<string, number>, atMs: number): OutgoingMessage =>
  notice(isOver ? 'DELIVERY_COMPLETED' : 'DELIVERY_PROGRESS', 'marketo/backlog', { counts, atMs });
