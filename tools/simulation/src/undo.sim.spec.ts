import type { Action, Plan } from './actions.ts';
import { planRun } from './planRun.ts';
import { isClean, runPlan, type RunResult } from './runPlan.ts';
import { searchRuns } from './searchRuns.ts';

const edit = (side: 'dynamics' | 'marketo', value: string): Action => ({
  kind: 'human',
  act: { do: 'edit', side, slot: 0, field: 'city', value },
});
const undo: Action = { kind: 'operator', act: { do: 'undo', slot: 0 } };
const settle: Action = { kind: 'settle' };

/** Both sides edit a city without knowing of each other: Marketo's wins. */
const disputed: readonly Action[] = [
  {
    kind: 'human',
    act: { do: 'create', side: 'dynamics', table: 'lead', values: { lastName: 'Reed', city: 'York' } },
  },
  settle,
  ...[edit('dynamics', 'Bath'), edit('marketo', 'Ulm'), settle],
];

const run = (...actions: Action[]): Promise<RunResult> => {
  const plan: Plan = { seed: 0, matchByEmail: false, pageSizeMax: 10, feedBlock: 300, actions };

  return runPlan(plan);
};

const citiesOf = ({ history }: RunResult) => [
  history.dynamics.rows['lead']?.[0]?.fields['address1_city'],
  history.marketo.persons[0]?.fields['city'],
];

describe('an operator who undoes decisions, in the simulation', () => {
  it('gives both sides what had lost, and leaves them what an edit brings that was not read yet', async () => {
    const undone = await run(...disputed, undo, settle);
    const twice = await run(...disputed, undo, settle, undo, settle);
    const unread = await run(...disputed, edit('dynamics', 'Rome'), undo, settle);

    expect([undone, twice, unread].map(citiesOf)).toEqual([
      ['Bath', 'Bath'],
      ['Ulm', 'Ulm'],
      ['Rome', 'Rome'],
    ]);
    expect([undone, twice, unread].map(isClean)).toEqual([true, true, true]);
  });

  it.each([
    [
      610114,
      'an undo that had not arrived when its pair was parted: allowed',
      { operatorShare: 0.1, policies: true },
    ],
    [
      830801057,
      'an edit held for review that was not read before the undo: allowed',
      { operatorShare: 0.1, policies: true },
    ],
    [
      830400977,
      'an undo of what the next person of its row had nothing to do with: allowed',
      { qualifyShare: 0.1 },
    ],
  ])('finds nothing in seed %i, which once showed %s', async (seed, _, more) => {
    const options = { actionsMax: 60, faultShare: 0.25, undoShare: 0.3, ...more };

    expect(isClean(await runPlan(planRun(seed, options)))).toBe(true);
  });

  it('finds nothing in 60 runs, with crashes, lost answers and other wishes of the operator', async () => {
    const search = {
      plan: { actionsMax: 60, faultShare: 0.25, operatorShare: 0.1, undoShare: 0.3, policies: true },
      count: 60,
    };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 60 });
  });
});
