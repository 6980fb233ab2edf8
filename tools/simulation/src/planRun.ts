import type { Action, OperatorAct, Plan } from './actions.ts';
import { drawAccountAction, firstAccounts } from './drawAccounts.ts';
import { drawCustomAction, firstCustoms } from './drawCustoms.ts';
import { createDraw, drawAction, drawFault } from './drawActions.ts';
import { createRuleDraw, drawEditElsewhere, lastEdits } from './drawRuleChanges.ts';
import { drawRules } from './drawRules.ts';
import { drawAsking } from './drawRequests.ts';
import { createRandom, type Random } from './random.ts';

export type PlanOptions = {
  readonly actionsMax: number;
  readonly faultShare: number;
  /** How often an operator does something between two actions; never without it. */
  readonly operatorShare?: number;
  /** How often an operator undoes a decision between two actions. */
  readonly undoShare?: number;
  /** How often people merge two records between two actions. */
  readonly mergeShare?: number;
  /** How often people qualify a lead between two actions. */
  readonly qualifyShare?: number;
  /** How often marketers ask for something between two actions, or what they asked for is published. */
  readonly askShare?: number;
  /** How often something happens about accounts and opportunities between two actions; they are not read without it. */
  readonly accountShare?: number;
  /** How often something happens about custom rows between two actions; they are not read without it. */
  readonly customShare?: number;
  /** How often the rules change between two actions. */
  readonly ruleShare?: number;
  /** Each run has rules of its own. */
  readonly policies?: boolean;
};

export const defaultPlanOptions: PlanOptions = { actionsMax: 60, faultShare: 0.25 };

/** Everything that will happen in a run, drawn from its seed. */
export function planRun(seed: number, options: PlanOptions = defaultPlanOptions): Plan {
  const random = createRandom(seed);
  const matchByEmail = random.chance(0.5);
  const expires = random.chance(0.3);
  const draw = createDraw(random);
  const people = 2 + random.below(3);
  const creations = Array.from({ length: people }, (): Action => ({ kind: 'human', act: draw.creation() }));
  const length = 30 + random.below(Math.max(1, options.actionsMax - 30));
  const chances = { faultShare: options.faultShare, expires };
  const actions = Array.from({ length }, () => drawAction(random, draw, chances));
  return {
    seed,
    matchByEmail,
    ...keptInStep(seed, options),
    pageSizeMax: 1 + random.below(4),
    feedBlock: random.chance(0.5) ? 300 : 1 + random.below(4),
    actions: [
      ...creations,
      ...firstBeside(seed, options),
      ...(random.chance(0.6) ? [{ kind: 'settle' } as const] : []),
      ...withMore(withOperator(actions, seed, options.operatorShare ?? 0), seed, options),
      ...(options.ruleShare ? lastEdits(createRandom(seed ^ 0x1a57)) : []),
    ],
  };
}

const keptInStep = (
  seed: number,
  { policies, accountShare, customShare }: PlanOptions,
): Pick<Plan, 'rules' | 'accounts' | 'customs'> => ({
  ...(policies && { rules: drawRules(seed) }),
  ...(accountShare && { accounts: true }),
  ...(customShare && { customs: true }),
});

const firstBeside = (seed: number, { accountShare, customShare }: PlanOptions): readonly Action[] => [
  ...(accountShare ? firstAccounts(createRandom(seed ^ 0xf1a57)) : []),
  ...(customShare ? firstCustoms(createRandom(seed ^ 0xf1c05)) : []),
];

/** Drawn apart, so that a seed tells the same story with and without an operator, and so that what is drawn last leaves the rest alone. */
function withOperator(actions: readonly Action[], seed: number, share: number): readonly Action[] {
  const acting = between(actions, { random: createRandom(~seed), share, draw: drawOperatorAct });

  const parting = between(acting, {
    ...{ random: createRandom(seed ^ 0xa9a57), share: share / 4, draw: drawUnlink },
  });

  return between(parting, {
    ...{ random: createRandom(seed ^ 0xde1e7e), share: share / 4, draw: drawRecreation },
  });
}

function withMore(actions: readonly Action[], seed: number, options: PlanOptions): readonly Action[] {
  const {
    undoShare = 0,
    mergeShare = 0,
    qualifyShare = 0,
    askShare = 0,
    accountShare = 0,
    customShare = 0,
    faultShare,
  } = options;
  const kinds: readonly Between[] = [
    { random: createRandom(seed ^ 0x51de), share: undoShare, draw: drawUndo },
    { random: createRandom(seed ^ 0x3e46e), share: mergeShare, draw: drawMerge },
    { random: createRandom(seed ^ 0x9a11f), share: qualifyShare, draw: drawQualification },
    { random: createRandom(seed ^ 0xa5c), share: askShare, draw: drawAsking(faultShare) },
    {
      random: createRandom(seed ^ 0xacc07),
      share: accountShare,
      draw: drawBeside(drawAccountAction, faultShare),
    },
    {
      random: createRandom(seed ^ 0xc0570),
      share: customShare,
      draw: drawBeside(drawCustomAction, faultShare),
    },
    ...changesOfRules(seed, options),
  ];

  return kinds.reduce(between, actions);
}

function changesOfRules(seed: number, { ruleShare = 0, policies }: PlanOptions): readonly Between[] {
  const draw = createRuleDraw(policies ? drawRules(seed) : {});

  return [
    { random: createRandom(seed ^ 0x2f1e5), share: ruleShare, draw },
    { random: createRandom(seed ^ 0x2f1e6), share: ruleShare, draw: drawEditElsewhere },
  ];
}

type Between = {
  readonly random: Random;
  readonly share: number;
  readonly draw: (random: Random) => Action;
};

function between(actions: readonly Action[], { random, share, draw }: Between): readonly Action[] {
  if (share === 0) return actions;

  return actions.flatMap((action): Action[] => (random.chance(share) ? [draw(random), action] : [action]));
}

const byOperator = (act: OperatorAct): Action => ({ kind: 'operator', act });

/** Edits collide on the first record more often than on the others. */
const drawUndo = (random: Random): Action =>
  byOperator({ do: 'undo', slot: random.chance(0.6) ? 0 : random.below(4) });

const drawUnlink = (random: Random): Action => byOperator({ do: 'unlink', slot: random.below(4) });

const drawRecreation = (random: Random): Action =>
  byOperator({ do: 'review-recreate', slot: random.below(4) });

const drawMerge = (random: Random): Action => ({
  kind: 'human',
  act: {
    do: 'merge',
    side: random.pick(['dynamics', 'marketo'] as const),
    slot: random.below(4),
    into: random.below(4),
  },
});

const drawQualification = (random: Random): Action => ({
  kind: 'human',
  act: { do: 'qualify', slot: random.below(4) },
});

const drawBeside =
  (drawOne: typeof drawAccountAction, faultShare: number) =>
  (random: Random): Action =>
    drawOne(random, (draw) => (random.chance(faultShare) ? drawFault(random, draw) : null));

function drawOperatorAct(random: Random): Action {
  const side = random.pick(['dynamics', 'marketo'] as const);
  const kind = random.pick(['pause', 'pause', 'resume', 'release', 'read-again', 'resync'] as const);

  return byOperator(
    kind === 'pause' || kind === 'resume' ? { do: kind, side } : { do: kind, slot: random.below(4) },
  );
}
