import { SyncError } from '@lockstep/change-events';
import type {
  CallBudget,
  CallReport,
  CallStore,
  Clock,
  EventLog,
  Lease,
  OutgoingMessage,
} from '@lockstep/ports';
import type { Stepper } from '../extractChanges.ts';
import { notice } from '../notices.ts';
import { createCallForecast } from './callForecast.ts';

export type DailyCallsOptions = {
  readonly budget: CallBudget;
  readonly store: CallStore;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly onReport?: (report: CallReport, forecastAt: string | null) => void;
};

type Warning = 'CALLS_RUN_SHORT' | 'CALLS_SPENT';

type Forecast = { readonly report: CallReport; readonly forecastAt: string | null };

const intervalMs = 60_000;
/** Calls of others become known this late; a call of 96 a day. */
const othersIntervalMs = 15 * 60_000;

/**
 * Keeps the count of the day's calls to Marketo, so that a restart or a takeover goes on counting; asks Marketo at the
 * start and now and then what all users have called; and warns, once a day each, when the day's calls will not last, and
 * when they are spent. What was called since the last step is lost with a killed process, until Marketo is asked again.
 */
export async function openDailyCalls(options: DailyCallsOptions): Promise<Stepper> {
  const { budget, store, log, lease, clock } = options;
  const publisher = await log.openPublisher('marketo/calls');
  const former = await store.load(budget.report().day);
  if (former) budget.raiseTo(former);
  const forecastOf = createCallForecast();
  let told: readonly string[] = former?.told ?? [];
  let toldOn = budget.report().day;
  let othersAtMs = -Infinity;

  async function save(): Promise<void> {
    const report = budget.report();
    if (report.day !== toldOn) [told, toldOn] = [[], report.day];
    const forecast = { report, forecastAt: forecastOf(report, clock.now()) };
    options.onReport?.(report, forecast.forecastAt);
    const warnings = warningsOf(forecast).filter((warning) => !told.includes(warning));
    if (warnings.length > 0)
      await publisher.publish(warnings.map((code) => warning(code, forecast, clock.now())));
    told = [...told, ...warnings];
    const { day, used, byLane } = report;
    await store.save({ day, used, byLane, told });
  }

  return {
    async step() {
      if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo/calls' });
      // Saved also while Marketo does not answer, or takes no more calls today.
      await save();
      if (clock.monotonic() - othersAtMs >= othersIntervalMs) {
        await budget.countOthers();
        othersAtMs = clock.monotonic();
        await save();
      }

      return { idleMs: intervalMs };
    },
    close: () => publisher.close(),
  };
}

function warningsOf({ report: { used, budget }, forecastAt }: Forecast): Warning[] {
  if (used >= budget) return ['CALLS_SPENT'];

  return forecastAt === null ? [] : ['CALLS_RUN_SHORT'];
}

function warning(code: Warning, { report, forecastAt }: Forecast, atMs: number): OutgoingMessage {
  const { used, budget, byLane, endsAt } = report;
  const counts = { used, budget, ...byLane };
  const facts = { endsAt, ...(forecastAt !== null && { spentAt: forecastAt }) };

  return notice(code, 'marketo/calls', { counts, facts, atMs });
}
