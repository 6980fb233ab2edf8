import { isoTime, SyncError, type Checkpoint } from '@lockstep/change-events';
import type { BudgetReport, Clock, EventLog, Lease, OutgoingMessage, RequestBudget } from '@lockstep/ports';
import { checkpointMessage, openSourceSession } from '../checkpoints.ts';
import type { Stepper } from '../extractChanges.ts';
import { notice } from '../notices.ts';

export type DailyRequestsOptions = {
  /** The processes that share the count: one table group. */
  readonly group: string;
  readonly budget: RequestBudget;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly onReport?: (report: BudgetReport) => void;
};

type Warning = 'REQUESTS_RUN_SHORT' | 'REQUESTS_SPENT';

/** What the checkpoint keeps beside the count; each warning is told once a day. */
type Position = { readonly day: string; readonly told: readonly Warning[] };

const intervalMs = 60_000;

/**
 * Keeps the count of the day's requests in a checkpoint, so that a restart or a takeover goes on counting, and warns when
 * the budget will not last, and when it is spent. What was asked for since the last step is lost with a killed process.
 */
export async function openDailyRequests(options: DailyRequestsOptions): Promise<Stepper> {
  const { log, clock, budget } = options;
  const key = { source: 'requests', table: options.group };
  const { publisher, ...former } = await openSourceSession(log, key, { nowMs: clock.now(), versionEpoch: 1 });
  let checkpoint = former.checkpoint;
  const position = positionOf(checkpoint);
  if (position) budget.raiseTo({ day: position.day, used: checkpoint.rowsDone });

  return {
    async step() {
      if (!options.lease.isHeld()) throw new SyncError('LEASE_LOST', key);
      const report = budget.report();
      options.onReport?.(report);
      const next = countOf(checkpoint, report, clock.now());
      if (next.position === checkpoint.position && next.rowsDone === checkpoint.rowsDone)
        return { idleMs: intervalMs };
      await publisher.publish([...warningsBetween(checkpoint, next, report), checkpointMessage(next)]);
      checkpoint = next;

      return { idleMs: intervalMs };
    },
    close: () => publisher.close(),
  };
}

function positionOf({ position }: Checkpoint): Position | null {
  return position === null ? null : (JSON.parse(position) as Position);
}

function toldOn(checkpoint: Checkpoint, day: string): readonly Warning[] {
  const position = positionOf(checkpoint);

  return position?.day === day ? position.told : [];
}

function countOf(checkpoint: Checkpoint, report: BudgetReport, nowMs: number): Checkpoint {
  const told = new Set([...toldOn(checkpoint, report.day), ...warningsOf(report)]);
  const position: Position = { day: report.day, told: [...told] };

  return {
    ...checkpoint,
    phase: 'STREAMING',
    position: JSON.stringify(position),
    rowsDone: report.used,
    rowsTotal: report.budget,
    updatedAt: isoTime(nowMs),
  };
}

function warningsOf({ used, budget, forecastAt }: BudgetReport): Warning[] {
  if (budget === null) return [];
  if (used >= budget) return ['REQUESTS_SPENT'];

  return forecastAt === null ? [] : ['REQUESTS_RUN_SHORT'];
}

function warningsBetween(former: Checkpoint, next: Checkpoint, report: BudgetReport): OutgoingMessage[] {
  const told = toldOn(former, report.day);
  const { used, budget, forecastAt } = report;

  return warningsOf(report)
    .filter((warning) => !told.includes(warning))
    .map((warning) =>
      notice(warning, `requests/${next.table}`, {
        counts: { used, budget: budget ?? 0 },
        atMs: Date.parse(next.updatedAt),
        ...(forecastAt !== null && { facts: { spentAt: forecastAt } }),
      }),
    );
}
