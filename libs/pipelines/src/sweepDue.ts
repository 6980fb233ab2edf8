import { isoTime, topics, type InboxMessage, type System } from '@lockstep/change-events';
import type {
  Clock,
  EventLog,
  GoldenStore,
  OutgoingMessage,
  Publisher,
  SyncStateStore,
} from '@lockstep/ports';
import type { Stepper } from './extractChanges.ts';
import { createWokenRecords } from './wokenRecords.ts';

export type SweepOptions = {
  readonly golden: GoldenStore;
  readonly syncState: SyncStateStore;
  readonly log: EventLog;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly reconcileGroup: string;
  /** The group of the backfill lane, where it has its own. */
  readonly reconcileBackfillGroup?: string;
  readonly intervalMs: number;
  /** Systems to which nothing is written for now; none without it. */
  readonly withheld?: () => ReadonlySet<System>;
};

const wakeUpsMax = 500;
/** More records than these are not looked past, when they stay due although they were woken. */
const stuckMax = 5_000;

/** Wakes records with something overdue, and, once both sides are read, those that waited for it. Repeats are harmless. */
export function createSweeper(options: SweepOptions): Stepper {
  const woken = createWokenRecords();
  return {
    async step() {
      const nowMs = options.clock.now();
      const allDue = await options.golden.findDue(nowMs, wakeUpsMax + Math.min(woken.count(), stuckMax));
      const allReleased = await findReleased(options);
      woken.forget([...allDue, ...allReleased], nowMs);
      const isAwake = (goldenId: string): boolean => !woken.isAsleep(goldenId);
      const due = allDue.filter(isAwake).slice(0, wakeUpsMax);
      const released = allReleased.filter(isAwake);
      woken.add([...new Set([...due, ...released])], nowMs);
      const messages = [
        ...due.map((goldenId) => wakeUp(topics.inbox, goldenId, nowMs)),
        ...released.map((goldenId) => wakeUp(topics.inboxBackfill, goldenId, nowMs)),
      ];
      if (messages.length > 0) await options.publisher.publish(messages);
      return { idleMs: options.intervalMs };
    },
    close: () => options.publisher.close(),
  };
}

/**
 * The next page of records that waited for the first reads, or whose writes were withheld and flow again, as long as less than a
 * page is on its way.
 */
async function findReleased(options: SweepOptions): Promise<readonly string[]> {
  if (!(await options.syncState.firstReadsComplete())) return [];
  const group = options.reconcileBackfillGroup ?? options.reconcileGroup;
  if ((await options.log.lag(group, [topics.inboxBackfill])) >= wakeUpsMax) return [];
  const waiting = await options.golden.findWaiting('first-reads', wakeUpsMax);
  const freed = await findFreed(options);
  return [...new Set([...waiting, ...freed])];
}

/** Asked every time: whoever decided a record may have known of a pause, or of its end, earlier or later than this process. */
async function findFreed({ golden, withheld }: SweepOptions): Promise<readonly string[]> {
  const flowing = (['dynamics', 'marketo'] as const).filter((system) => !withheld?.().has(system));
  const found = await Promise.all(flowing.map((system) => golden.findWithheld(system, wakeUpsMax)));

  return found.flat();
}

function wakeUp(topic: string, goldenId: string, nowMs: number): OutgoingMessage {
  const sentAt = isoTime(nowMs);
  const value: InboxMessage = { kind: 'wake-up', goldenId, reason: 'due', target: null, sentAt };
  return { topic, key: goldenId, value };
}
