import type { System } from '@lockstep/change-events';
import type { Draft } from './decision.ts';

/**
 * Plans what a system must be told. Where writes to it are withheld (design section 5, observe-only), everything else of the plan
 * holds: who is matched, and what waits. That there is something to write is kept in the record, so that it can be counted, and
 * is planned when writes flow again.
 */
export function planUnlessWithheld(draft: Draft, system: System, planIt: (draft: Draft) => void): void {
  const isWithheld = draft.context.withheld?.has(system) ?? false;
  const trial = isWithheld ? trialOf(draft) : null;
  if (trial) planIt(trial);
  const wantsToWrite = trial !== null && hasWrites(trial, draft);
  if (wantsToWrite) draft.record.waiting = trial.record.waiting;
  else planIt(draft);
  markWithheld(draft, system, wantsToWrite);
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

const hasWrites = (trial: Draft, before: Draft): boolean =>
  trial.commands.length > before.commands.length ||
  trial.dynamicsWrites.length > before.dynamicsWrites.length;

function markWithheld({ record }: Draft, system: System, isSo: boolean): void {
  const { [system]: _, ...others } = record.withheld ?? {};
  const withheld = { ...others, ...(isSo && { [system]: true as const }) };
  if (Object.keys(withheld).length === 0) delete record.withheld;
  else record.withheld = withheld;
}
