import type { FindingKind } from '@lockstep/checker';
import type { Action, BesideAct, CustomTable, Plan } from './actions.ts';
import { objectsThatNeverChange, objectsThatStay, objectsWithoutLinks } from './brokenVariants.ts';
import { defaultPlanOptions, planRun } from './planRun.ts';
import { isClean, runPlan, type RunResult } from './runPlan.ts';
import { searchRuns, withOthers } from './searchRuns.ts';
import type { Variant } from './world.ts';

const options = { ...defaultPlanOptions, customShare: 0.3 };

const about = (act: BesideAct): Action => ({ kind: 'human', act: { do: 'beside', act } });
const edit = (table: CustomTable, name: string, whom: number | 'nobody' | null): Action =>
  about({ do: 'edit-custom', table, slot: 0, name, whom, again: false });
const create = (table: 'lead' | 'contact'): Action => ({
  kind: 'human',
  act: { do: 'create', side: 'dynamics', table, values: { lastName: 'Reed' } },
});
const rest: Action = { kind: 'rest' };

/** A contact, a lead, a visit of the contact and a bill of the visit. */
const founding: readonly Action[] = [
  ...[create('contact'), create('lead')],
  ...[edit('new_visit', 'Amber', 0), edit('new_bill', 'Beryl', 0), rest],
];

const run = (actions: readonly Action[], variant?: Variant): Promise<RunResult> => {
  const plan: Plan = {
    ...{ seed: 0, matchByEmail: false, pageSizeMax: 10, feedBlock: 300, customs: true },
    actions: [...founding, ...actions],
  };

  return runPlan(plan, variant);
};

/** Names and persons of what Marketo has of visits, and of bills. */
const heldIn = ({ history }: RunResult) =>
  Object.values(history.accounts?.customs ?? {}).map((objects) =>
    objects.map(({ name, leadId }) => [name, leadId] as const),
  );

const personIds = ({ history }: RunResult): readonly number[] =>
  history.marketo.persons.map(({ id }) => Number(id.split('/')[0]));

const found = ({ verdict, failure }: RunResult, kind: FindingKind): readonly string[] =>
  failure === null ? verdict[kind].map(({ what }) => what) : [failure];

describe('custom rows, in the simulation', () => {
  it('are linked to the person that they lead to, one or two hops away, and follow when that is another one', async () => {
    const [same, moved] = [await run([]), await run([edit('new_visit', 'Coral', 1)])];
    const [contact, lead] = personIds(moved);

    expect([same, moved].map(isClean)).toEqual([true, true]);
    expect(heldIn(same)).toEqual([[['Amber', contact]], [['Beryl', contact]]]);
    expect(heldIn(moved)).toEqual([[['Coral', lead]], [['Beryl', lead]]]);
  });

  it('go when they lead to nobody, by way of another row too, and come back with it', async () => {
    const left = await run([edit('new_visit', 'Amber', 'nobody')]);
    const back = await run([edit('new_visit', 'Amber', 'nobody'), rest, edit('new_visit', 'Amber', 1)]);
    const gone = await run([about({ do: 'remove', table: 'new_visit', slot: 0 })]);
    const [, lead] = personIds(back);

    expect([left, back, gone].map(isClean)).toEqual([true, true, true]);
    expect(heldIn(left)).toEqual([[], []]);
    expect(heldIn(back)).toEqual([[['Amber', lead]], [['Beryl', lead]]]);
    expect(heldIn(gone)).toEqual([[], []]);
  });

  it('follow a row that an operator parts from its person to the one that it gets', async () => {
    const parted = await run([{ kind: 'operator', act: { do: 'unlink', slot: 0 } }]);
    const [, , own] = personIds(parted);

    expect(isClean(parted)).toBe(true);
    expect(heldIn(parted)).toEqual([[['Amber', own]], [['Beryl', own]]]);
  });

  it.each(withOthers(options))('find nothing in 80 runs with faults%s', async (_with, plan) => {
    const search = { plan, count: 80 };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 80 });
  });

  it('leave the rest of a seed as it is without them', () => {
    const [bare, more] = [planRun(7), planRun(7, options)];
    const isOfCustoms = (action: Action): boolean =>
      (action.kind === 'human' && action.act.do === 'beside') ||
      (action.kind === 'step' && action.piece.includes('new_'));

    expect(more.actions.filter((action) => !isOfCustoms(action))).toEqual(bare.actions);
    expect(more.actions.length).toBeGreaterThan(bare.actions.length);
    expect(bare).not.toHaveProperty('customs');
  });
});

describe('a part that is broken is found', () => {
  it('when a custom object is made and never changed', async () => {
    const result = await run([edit('new_visit', 'Coral', 1)], objectsThatNeverChange);

    expect(found(result, 'differences').toSorted()).toEqual(['new_bill', 'new_visit', 'new_visit']);
  });

  it('when one stays whose row leads to nobody, or is deleted', async () => {
    const left = await run([edit('new_visit', 'Amber', 'nobody')], objectsThatStay);
    const gone = await run([about({ do: 'remove', table: 'new_bill', slot: 0 })], objectsThatStay);

    expect(found(left, 'unexpected')).toEqual(['new_visit', 'new_bill']);
    expect(found(gone, 'revived')).toEqual(['new_bill']);
  });

  it('when one is linked to nobody', async () => {
    expect(found(await run([], objectsWithoutLinks), 'differences')).toEqual(['new_visit', 'new_bill']);
  });

  it('in random histories, too', async () => {
    const firstOf = async (variant: Variant): Promise<number> => {
      for (let seed = 1; ; seed += 1)
        if (!isClean(await runPlan(planRun(seed, options), variant))) return seed;
    };

    for (const variant of [objectsThatNeverChange, objectsThatStay, objectsWithoutLinks])
      expect(await firstOf(variant)).toBeLessThan(100);
  });
});
