import { topics, type DeliveryOutcome } from '@lockstep/change-events';
import { checkHistory, type History, type Verdict } from '@lockstep/checker';
import { inMemoryStores } from '@lockstep/ports';
import type { Action, Plan } from './actions.ts';
import { createWorld } from './createWorld.ts';
import { historyOf } from './historyOf.ts';
import { applyAct } from './humanActs.ts';
import { operate } from './operatorActs.ts';
import { decideHeld } from './decideHeld.ts';
import { changeRules } from './rulings.ts';
import { runRounds, settleDown } from './settleDown.ts';
import { kill, step, wake, wakeAll } from './stepProcess.ts';
import { commitLate, pass, type Variant, type World } from './world.ts';

/** What a run came to. `failure` is an error that should not have happened; a run with one is not clean. */
export type RunResult = {
  readonly plan: Plan;
  readonly history: History;
  /** What became of each command, for the story of a failure. */
  readonly outcomes: readonly DeliveryOutcome[];
  readonly verdict: Verdict;
  readonly failure: string | null;
  readonly faults: Readonly<Record<string, number>>;
  readonly convergeMs: number;
};

/** Carries out a plan, lets everything come to rest without faults, and judges what both sides logged. */
export async function runPlan(plan: Plan, variant: Variant = {}): Promise<RunResult> {
  const world = createWorld(plan, variant);
  let failure: string | null = null;
  let reviewed = false;
  try {
    for (const action of plan.actions) await carryOut(world, action);
    await wakeAll(world);
    world.withheld.clear();
    await settleDown(world);
    reviewed = await decideHeld(world);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const history = { ...historyOf(world), reviewed };
  return {
    plan,
    history,
    outcomes: outcomesOf(world),
    verdict: checkHistory(history),
    failure,
    faults: world.faults,
    convergeMs: convergeMs(world),
  };
}

export const isClean = ({ verdict, failure }: RunResult): boolean => verdict.clean && failure === null;

async function carryOut(world: World, action: Action): Promise<void> {
  world.nowMs += 1;
  switch (action.kind) {
    case 'human':
      return applyAct(world, action.act);
    case 'operator':
      return operate(world, action.act);
    case 'pass':
      return pass(world, action.ms);
    case 'settle':
      return runRounds(world, 4);
    case 'rest':
      return settleDown(world);
    case 'restart':
      return kill(world, action.process);
    case 'wake':
      return wake(world, action.process);
    case 'redeliver':
      return world.log.rewind(action.group);
    case 'expire-positions':
      return world.dynamics.expirePositions();
    case 'lose-database':
      return loseDatabase(world);
    case 'rules':
      return changeRules(world, action);
    case 'commit-late':
      return commitLate(world);
    case 'step':
      await step(world, action);
  }
}

/** As docs/operations.md says: nothing is written before everything is decided again. */
async function loseDatabase(world: World): Promise<void> {
  await wakeAll(world);
  kill(world, 'marketing');
  kill(world, 'reconciler');
  world.stores = inMemoryStores();
  world.revisionEpoch += 1;
  for (const group of ['router', 'reconciler'] as const) world.log.rewind(group);
  world.withheld.add('dynamics');
  world.withheld.add('marketo');
  await settleDown(world);
  world.withheld.clear();
}

function outcomesOf({ log }: World): DeliveryOutcome[] {
  return log.messages(topics.outcomes).map(({ value }) => value as DeliveryOutcome);
}

function convergeMs({ dynamics, marketo, lastEditMs }: World): number {
  const ours = [...dynamics.states, ...marketo.states].filter((state) => state.actorKind === 'application');
  return Math.max(0, ...ours.map((state) => Date.parse(state.at) - lastEditMs));
}
