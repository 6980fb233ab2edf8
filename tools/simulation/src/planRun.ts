import type { Scalar, System } from '@lockstep/change-events';
import {
  pieces,
  type Action,
  type Fault,
  type HumanAct,
  type OperatorAct,
  type Plan,
  type ProcessName,
} from './actions.ts';
import { drawAccountAction, firstAccounts } from './drawAccounts.ts';
import { drawRules } from './drawRules.ts';
import { drawAsking } from './drawRequests.ts';
import { createRandom, type Random } from './random.ts';

/** Golden fields that people edit in the simulation, by kind; the rest of the default mapping behaves like one of them. */
const texts = ['firstName', 'phone', 'city'] as const;
const optOuts = ['unsubscribed', 'doNotCall'] as const;
/** Fields that only one side may change, edited on both. */
const oneWay = ['leadScore', 'crmStatusReason'] as const;

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
    ...(options.policies && { rules: drawRules(seed) }),
    ...(options.accountShare && { accounts: true }),
    pageSizeMax: 1 + random.below(4),
    feedBlock: random.chance(0.5) ? 300 : 1 + random.below(4),
    actions: [
      ...creations,
      ...(options.accountShare ? firstAccounts(createRandom(seed ^ 0xf1a57)) : []),
      ...(random.chance(0.6) ? [{ kind: 'settle' } as const] : []),
      ...withMore(withOperator(actions, seed, options.operatorShare ?? 0), seed, options),
    ],
  };
}

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
    faultShare,
  } = options;
  const kinds: readonly Between[] = [
    { random: createRandom(seed ^ 0x51de), share: undoShare, draw: drawUndo },
    { random: createRandom(seed ^ 0x3e46e), share: mergeShare, draw: drawMerge },
    { random: createRandom(seed ^ 0x9a11f), share: qualifyShare, draw: drawQualification },
    { random: createRandom(seed ^ 0xa5c), share: askShare, draw: drawAsking(faultShare) },
    { random: createRandom(seed ^ 0xacc07), share: accountShare, draw: drawOfAccounts(faultShare) },
  ];

  return kinds.reduce(between, actions);
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

const drawOfAccounts = (faultShare: number) => (random: Random) =>
  drawAccountAction(random, (draw) => (random.chance(faultShare) ? drawFault(random, draw) : null));

function drawOperatorAct(random: Random): Action {
  const side = random.pick(['dynamics', 'marketo'] as const);
  const kind = random.pick(['pause', 'pause', 'resume', 'release', 'read-again', 'resync'] as const);

  return byOperator(
    kind === 'pause' || kind === 'resume' ? { do: kind, side } : { do: kind, slot: random.below(4) },
  );
}

type Chances = { readonly faultShare: number; readonly expires: boolean };
const isText = (field: string): boolean => (texts as readonly string[]).includes(field);

type Draw = { creation(): HumanAct; act(): HumanAct };

/** Edits gather on the same few records and fields, so that they collide. */
function createDraw(random: Random): Draw {
  let count = 0;
  let last: { slot: number; field: string; side: System } | null = null;
  const fresh = (name: string): string => `${name} ${(count += 1)}`;
  const slot = () => (random.chance(0.6) ? 0 : random.below(5));
  const side = (): System => random.pick(['dynamics', 'marketo']);
  const email = () => `${random.pick(['ada', 'bo', 'cy'])}@example.com`;
  const fieldAndValue = (): [string, Scalar] => drawFieldAndValue(random, { fresh, email });
  /** The same field again, on the other side as a rule. */
  const collideWith = (former: { slot: number; field: string; side: System }) => {
    const other = former.side === 'dynamics' ? ('marketo' as const) : ('dynamics' as const);
    return { ...former, side: random.chance(0.7) ? other : former.side };
  };
  const valueFor = (field: string): Scalar | { readonly former: true } =>
    isText(field) && random.chance(0.6) ? fresh(field) : { former: true };
  const edit = (returns: boolean): HumanAct => {
    const [drawn, value] = fieldAndValue();
    const next =
      last && random.chance(0.35) ? collideWith(last) : { slot: slot(), field: drawn, side: side() };
    last = next;
    return { do: 'edit', ...next, value: returns || next.field !== drawn ? valueFor(next.field) : value };
  };
  return {
    creation: () => ({
      do: 'create',
      side: random.chance(0.65) ? 'dynamics' : 'marketo',
      table: random.pick(['lead', 'contact']),
      values: {
        lastName: fresh('lastName'),
        email: email(),
        ...(random.chance(0.6) && { phone: fresh('phone') }),
        ...(random.chance(0.3) && { unsubscribed: true }),
        ...(random.chance(0.3) && { city: fresh('city') }),
      },
    }),
    act() {
      const kind = random.next();
      if (kind < 0.82) return edit(kind > 0.72);
      if (kind < 0.88) return { do: 'filter', slot: slot(), value: random.pick([true, false, false, null]) };
      if (kind < 0.94)
        return { do: 'delete', side: random.chance(0.3) ? 'dynamics' : 'marketo', slot: slot() };
      return this.creation();
    },
  };
}

type Makers = { fresh(name: string): string; email(): string };

function drawFieldAndValue(random: Random, { fresh, email }: Makers): [string, Scalar] {
  const kind = random.next();
  if (kind < 0.5) {
    const field = random.pick(texts);
    return [field, random.chance(0.15) ? null : fresh(field)];
  }
  if (kind < 0.7) return [random.pick(optOuts), random.chance(0.6)];
  if (kind < 0.8) return ['email', email()];
  if (kind < 0.87) return ['leadSource', random.pick(['Partner', 'Web', 'Seminar'])];
  if (kind < 0.93) return ['annualRevenue', random.pick(['100', '250.5', '3000'])];
  const field = random.pick(oneWay);
  return [field, field === 'leadScore' ? random.below(100) : random.pick(['Contacted', 'Lost'])];
}

const processes: readonly [ProcessName, ...ProcessName[]] = ['extractor', 'marketing', 'reconciler'];

function drawAction(random: Random, draw: Draw, { faultShare, expires }: Chances): Action {
  const kind = random.next();
  if (kind < 0.27) return { kind: 'human', act: draw.act() };
  if (kind < 0.34) return { kind: 'pass', ms: random.pick([300, 2_000, 5_000, 20_000, 100_000, 130_000]) };
  if (kind < 0.385 && faultShare > 0) return drawMishap(random, kind, expires);
  return {
    kind: 'step',
    piece: random.pick([...pieces, 'notify', 'route', 'route', 'reconcile', 'reconcile', 'deliver', 'write']),
    choice: random.below(6),
    messagesMax: random.chance(0.5) ? 100 : 1 + random.below(3),
    fault: random.chance(faultShare) ? drawFault(random, draw) : null,
  };
}

function drawMishap(random: Random, kind: number, expires: boolean): Action {
  if (kind < 0.35) return { kind: 'restart', process: random.pick(processes) };
  if (kind < 0.37 || (kind < 0.375 && !expires)) return { kind: 'wake', process: random.pick(processes) };
  return kind < 0.38 && expires ? { kind: 'expire-positions' } : { kind: 'commit-late' };
}

function drawFault(random: Random, draw: Pick<Draw, 'act'>): Fault {
  const kind = random.pick(['crash', 'crash', 'error', 'error', 'later', 'act', 'act', 'sleep'] as const);
  const fault = {
    call: random.below(random.pick([2, 4, 8])),
    when: random.pick(['before', 'after'] as const),
    kind,
  };
  return kind === 'act' ? { ...fault, act: draw.act() } : fault;
}
