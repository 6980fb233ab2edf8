import type { ExpectedRules, FindingKind } from '@lockstep/checker';
import type { Action, Plan } from './actions.ts';
import { rulesForGood, rulesWithoutHash } from './brokenVariants.ts';
import { defaultPlanOptions, planRun } from './planRun.ts';
import { isClean, runPlan, type RunResult } from './runPlan.ts';
import { searchRuns } from './searchRuns.ts';
import type { Variant } from './world.ts';

const options = { ...defaultPlanOptions, ruleShare: 0.06 };

const rest: Action = { kind: 'rest' };
const say = (fields: ExpectedRules['fields'] & object): Action => ({
  ...{ kind: 'rules', delaysMs: [0, 0] },
  rules: { fields },
});
const edit = (side: 'dynamics' | 'marketo', field: string, value: string): Action => ({
  kind: 'human',
  act: { do: 'edit', side, slot: 0, field, value },
});
const elsewhere = { phone: { lead: 'telephone2', contact: 'telephone2' }, homePhone: 'off' } as const;

/** A lead with a phone and a city, and its person. */
const run = (actions: readonly Action[], variant?: Variant): Promise<RunResult> => {
  const values = { lastName: 'Reed', phone: '1', city: 'York' };
  const created = { do: 'create', side: 'dynamics', table: 'lead', values } as const;
  const plan: Plan = {
    ...{ seed: 0, matchByEmail: false, pageSizeMax: 10, feedBlock: 300 },
    actions: [{ kind: 'human', act: created }, rest, ...actions],
  };

  return runPlan(plan, variant);
};

const held = ({ history }: RunResult) => [
  history.dynamics.rows['lead']?.map(({ fields }) => [fields['telephone1'], fields['telephone2']]),
  history.marketo.persons.map(({ fields }) => fields['phone']),
];

describe('rules that change, in the simulation', () => {
  it('let a field move to another column, and go on there', async () => {
    const moved = [say(elsewhere), edit('dynamics', 'city', 'Bath'), rest, edit('marketo', 'phone', '2')];
    const result = await run(moved);

    expect(isClean(result)).toBe(true);
    expect(held(result)).toEqual([[['1', '2']], ['2']]);
  });

  it('exempt a field that is off meanwhile, until it is edited again when it is on', async () => {
    const off = [say({ phone: 'off' }), edit('dynamics', 'phone', '2'), rest];
    const left = await run(off);
    const back = await run([
      ...off,
      say({}),
      edit('dynamics', 'phone', '3'),
      edit('dynamics', 'city', 'Bath'),
    ]);

    expect([left, back].map(isClean)).toEqual([true, true]);
    expect(held(left)).toEqual([[['2', null]], ['1']]);
    expect(left.verdict.exempt.map(({ what }) => what)).not.toContain('city');
  });

  it('are found by two readers at different times', async () => {
    const late: Action = { kind: 'rules', rules: { fields: elsewhere }, delaysMs: [20_000, 20_000] };
    const result = await run([late, edit('dynamics', 'phone', '2'), rest]);

    expect(isClean(result)).toBe(true);
    expect(result.history.ruledSinceMs).toBeGreaterThan(0);
    expect(result.history.formerRules).toEqual([{}]);
  });

  it('find nothing in 60 runs with faults', async () => {
    expect(await searchRuns({ plan: options, count: 60 })).toEqual({ found: [], runs: 60 });
  });

  it('find nothing in 30 runs that begin with rules of their own, in which an operator parts pairs', async () => {
    const plan = { ...options, policies: true, operatorShare: 0.1 };

    expect(await searchRuns({ plan, count: 30 })).toEqual({ found: [], runs: 30 });
  });

  it('leave the rest of a seed as it is without them', () => {
    const [bare, more] = [planRun(7), planRun(7, { ...options, ruleShare: 0.3 })];
    const kept = more.actions.filter((action) => bare.actions.some((other) => sameAs(other, action)));

    expect(kept).toEqual(bare.actions);
    expect(more.actions.map(({ kind }) => kind)).toContain('rules');
  });

  it.each([
    [130, 'a phone that was cleared, since a person was made before its field moved'],
    [263, 'the same, of a creation that was answered'],
    [1066, 'a city that was cleared, since a person was made without it'],
    [19, 'a home phone that was cleared, since its field of Marketo became that of a phone that was blank'],
    [40275, 'an edit that lost to the side that had no say any more'],
  ])('find nothing in seed %i, which once showed %s', async (seed) => {
    expect(isClean(await runPlan(planRun(seed, options)))).toBe(true);
    expect(isClean(await runPlan(planRun(seed, { ...options, faultShare: 0 })))).toBe(true);
  });
});

const sameAs = (one: Action, other: Action): boolean => JSON.stringify(one) === JSON.stringify(other);

describe('a part that is broken is found', () => {
  const kindsIn = async (variant: () => Variant, kinds: readonly FindingKind[]): Promise<number | null> => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { verdict } = await runPlan(planRun(seed, options), variant());
      if (kinds.some((kind) => verdict[kind].length > 0)) return seed;
    }
    return null;
  };

  it('when the former place of a field is taken for the present one', async () => {
    expect(await kindsIn(() => rulesWithoutHash, ['unexplainedWrites'])).not.toBeNull();
  });

  it('when rules are read once and never again', async () => {
    expect(await kindsIn(rulesForGood, ['differences', 'lost'])).not.toBeNull();
  });
});
