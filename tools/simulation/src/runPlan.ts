import { topics, type ChangeEvent, type DeliveryOutcome, type GoldenEvent } from '@lockstep/change-events';
import { checkHistory, fromLog, type History, type KeyedMessage, type Verdict } from '@lockstep/checker';
import type { Action, Plan } from './actions.ts';
import { applyAct } from './humanActs.ts';
import { operate } from './operatorActs.ts';
import { runRounds, settleDown } from './settleDown.ts';
import { kill, step, wake, wakeAll } from './stepProcess.ts';
import { commitLate, createWorld, pass, type Variant, type World } from './world.ts';

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
  try {
    for (const action of plan.actions) await carryOut(world, action);
    await wakeAll(world);
    world.withheld.clear();
    await settleDown(world);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const history = historyOf(world);
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
    case 'commit-late':
      return commitLate(world);
    case 'step':
      await step(world, action);
  }
}

function historyOf(world: World): History {
  const { dynamics, marketo, log, stores, mapping, plan } = world;
  const values = <Value>(topic: string): KeyedMessage<Value>[] =>
    log.messages(topic).map(({ key, value }) => ({ key, value: value as Value | null }));
  const rowsOf = (table: string) => dynamics.rows(table).map(({ id, fields }) => ({ id, fields }));
  const changeTopics = (['lead', 'contact'] as const).flatMap((kind) => [
    topics.dynamicsChanges(kind),
    topics.marketingChanges(kind),
  ]);
  return {
    dynamics: {
      states: fromLog(dynamics.states),
      rows: { lead: rowsOf('lead'), contact: rowsOf('contact') },
    },
    marketo: { states: fromLog(marketo.states), persons: marketo.persons() },
    golden: values<GoldenEvent>(topics.goldenChanges('person')).flatMap(({ value }) => value ?? []),
    changes: Object.fromEntries(changeTopics.map((topic) => [topic, values<ChangeEvent>(topic)])),
    stored: stores.all(),
    mapping,
    matchByEmail: plan.matchByEmail,
  };
}

function outcomesOf({ log }: World): DeliveryOutcome[] {
  return log.messages(topics.outcomes).map(({ value }) => value as DeliveryOutcome);
}

function convergeMs({ dynamics, marketo, lastEditMs }: World): number {
  const ours = [...dynamics.states, ...marketo.states].filter((state) => state.actorKind === 'application');
  return Math.max(0, ...ours.map((state) => Date.parse(state.at) - lastEditMs));
}
