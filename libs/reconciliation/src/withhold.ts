import type { System } from '@lockstep/change-events';
import type { Draft } from './decision.ts';
import { forecastOf } from './forecast.ts';
import type { Forecast } from './goldenRecord.ts';

/**
 * Plans what a system must be told. Where writes to it are withheld (design section 5, observe-only), everything else of the plan
 * holds: who is matched, and what waits. What would be written is kept in the record, so that it can be
 * counted, and is planned anew when writes flow again.
 */
export function planUnlessWithheld(draft: Draft, system: System, planIt: (draft: Draft) => void): void {
  const isWithheld = draft.context.withheld?.has(system) ?? false;
  const trial = isWithheld ? trialOf(draft) : null;
  if (trial) planIt(trial);
  const forecast = trial === null ? [] : forecastOf(trial, draft);
  if (trial && forecast.length > 0) draft.record.waiting = trial.record.waiting;
  else planIt(draft);
  markWithheld(draft, system, forecast);
}

/** A copy to plan on, of which nothing is kept. */
function trialOf(draft: Draft): Draft {
  const { record, changed, conflicts, commands, dynamicsWrites, forwards } = draft;

  return {
    ...draft,
    record: structuredClone(record),
    changed: new Map(changed),
    conflicts: [...conflicts],
    commands: [...commands],
    dynamicsWrites: [...dynamicsWrites],
    forwards: [...forwards],
  };
}

function markWithheld({ record }: Draft, system: System, forecast: readonly Forecast[]): void {
  const isSo = forecast.length > 0;
  if (!isSo && !record.withheld && !record.forecast) return;
  const withheld = bySystem(record.withheld, system, isSo ? true : undefined);
  const foretold = bySystem(record.forecast, system, isSo ? forecast : undefined);
  if (withheld) record.withheld = withheld;
  else delete record.withheld;
  if (foretold) record.forecast = foretold;
  else delete record.forecast;
}

/** With this value for the system, or without one; undefined when nothing is left. */
function bySystem<Value>(
  former: Readonly<Partial<Record<System, Value>>> | undefined,
  system: System,
  value: Value | undefined,
): Partial<Record<System, Value>> | undefined {
  const { [system]: _, ...others } = former ?? {};
  const all = { ...others, ...(value !== undefined && { [system]: value }) } as Partial<
    Record<System, Value>
  >;

  return Object.keys(all).length > 0 ? all : undefined;
}
