import {
  logWithoutFencing,
  mappingWithCrossedColumns,
  mappingDeafToOptOuts,
  writerWithNewTasks,
  writerWithoutIfMatch,
} from './brokenVariants.ts';
import type { FindingKind } from '@lockstep/checker';
import type { Action, AskAct, Plan } from './actions.ts';
import { defaultPlanOptions, planRun } from './planRun.ts';
import { isClean, runPlan } from './runPlan.ts';
import { resultOf } from './runSeeds.ts';
import { searchRuns } from './searchRuns.ts';
import { shrinkPlan } from './shrink.ts';
import type { Variant } from './world.ts';

const firstSeed = 1;
const count = 200;

const ruled = { actionsMax: 60, faultShare: 0.25, operatorShare: 0.1, policies: true };

type RequestWords = AskAct['words'];

const asking = { ...defaultPlanOptions, askShare: 0.25 };

/** The first seed, of at most `seedsMax`, whose run shows one of `kinds`. */
async function findSeed(
  variant: Variant,
  kinds: readonly FindingKind[],
  seedsMax: number,
  options = defaultPlanOptions,
): Promise<number | null> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { verdict } = await runPlan(planRun(seed, options), variant);
    if (kinds.some((kind) => verdict[kind].length > 0)) return seed;
  }
  return null;
}

const step = { kind: 'step', piece: 'extract-lead', choice: 0, messagesMax: 100, fault: null } as const;
const edit = (value: string): Action => ({
  kind: 'human',
  act: { do: 'edit', side: 'dynamics', slot: 0, field: 'city', value },
});

/** An extractor falls asleep before it publishes a page; another takes over and publishes a newer one; then it wakes. */
const sleeperPlan: Plan = {
  seed: 0,
  matchByEmail: false,
  pageSizeMax: 10,
  feedBlock: 300,
  actions: [
    { kind: 'human', act: { do: 'create', side: 'dynamics', table: 'lead', values: { lastName: 'Reed' } } },
    { kind: 'settle' },
    edit('Bath'),
    { ...step, fault: { call: 1, when: 'before', kind: 'sleep' } },
    edit('York'),
    step,
    { kind: 'wake', process: 'extractor' },
  ],
};

describe('the simulation', () => {
  it(`finds nothing in ${count} runs with crashes, lost answers, races, sleepers and short pages`, async () => {
    const search = { plan: { actionsMax: 60, faultShare: 0.25 }, first: firstSeed, count };

    expect(await searchRuns(search)).toEqual({ found: [], runs: count });
  });

  it('finds nothing in 100 runs in which an operator pauses, resumes, releases and reads again', async () => {
    const search = {
      plan: { actionsMax: 60, faultShare: 0.25, operatorShare: 0.1 },
      first: firstSeed,
      count: 100,
    };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 100 });
  });

  it('finds nothing in 80 runs with rules of their own, in which an operator parts pairs too', async () => {
    const search = { plan: ruled, first: firstSeed, count: 80 };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 80 });
  });

  it('finds nothing in 80 runs in which people merge rows and persons', async () => {
    const search = { plan: { ...defaultPlanOptions, mergeShare: 0.15 }, first: firstSeed, count: 80 };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 80 });
  });

  it('finds nothing in 80 runs in which marketers ask for something in Dynamics', async () => {
    const search = { plan: asking, first: firstSeed, count: 80 };

    expect(await searchRuns(search)).toEqual({ found: [], runs: 80 });
  });

  it.each([
    [3, 'a person deleted in Marketo that came back, since its row was being made', {}],
    [643, 'two persons of a row, since one joined it while another was being made', {}],
    [1154, 'a row that asked for ever for somebody who had joined a row with a person', {}],
    [3511, 'a request carried out again by the record that its person had joined', {}],
    [4450, 'a row that lost to the next person what it had agreed with the former one', {}],
    [20465, 'a row that asked for ever for whom it had been parted from', { operatorShare: 0.1 }],
    [50201152, 'a row made again under the id of one that went to another record', { operatorShare: 0.1 }],
    [50100498, 'two persons of a row that had given up waiting just before one came', { policies: true }],
    [20884, 'a row let in again whose person did not come back', { policies: true }],
    [830700210, 'an owner given to a contact too, whose lead was made for that owner', { qualifyShare: 0.1 }],
  ])('finds nothing in seed %i with requests, which once showed %s', async (seed, _, more) => {
    expect(isClean(await runPlan(planRun(seed, { ...asking, ...more })))).toBe(true);
  });

  it.each([
    [4075, 'an edit of a person that was cleared and put back, since nobody had heard that we had made it'],
    [11473, 'two persons for a row that was read late, while one was on its way to it'],
    [24868, 'an opt-out that its own row had lifted, since a process died between the wish and the record'],
    [30341, 'a row that asked for ever for a person that it was parted from, since that had been merged'],
    [34536, 'an opt-out undone by an edit that was judged twice, since the answer to a creation came late'],
    [34736, 'a record that had joined another one and was woken for ever'],
    [93000498, 'a value of a person that was merged on both sides of the one it became part of'],
  ])('finds nothing in seed %i with merges, which once showed %s', async (seed) => {
    const merging = { ...defaultPlanOptions, mergeShare: 0.15 };
    const plans = [merging, { ...merging, operatorShare: 0.1, policies: true }];
    const results = await Promise.all(plans.map((options) => runPlan(planRun(seed, options))));

    expect(results.map(isClean)).toEqual([true, true]);
  });

  it.each([
    [720749, 'a side left with an older value of ours, where a write ran over what was held for review'],
    [740252, 'an edit recorded nowhere, of a field that was held and edited on both sides at once'],
    [730166, 'an opt-out of an address that was undone when a pair was parted'],
    [730275, 'the same, of the row that was parted'],
    [790162, 'a second person for a row that was parted while one was being made for it'],
    [782718, 'a deleted person still on its topic, since the feed of deletes was read a page a pause'],
    [700199, 'a row that the rules end, since its person was gone before its record heard that it was made'],
    [801048, 'an opt-out that an older lift undid, where the address had opted out already'],
    [900124, 'a record that never heard from whom it was parted'],
    [2101, 'a deleted person that an older page brought back, since an answer had told of its end'],
    [925530, 'a field held for review after our write had run over what was held'],
    [927886, 'a row that asked for a deleted person for ever, since its claim had outlived a crash'],
    [9202099, 'a row that joined a person again from which it had been parted, since it was parted twice'],
    [901276, 'an opt-out that an older lift undid, since that was read with a later edit of its row'],
  ])('finds nothing in seed %i under rules of its own, which once showed %s', async (seed) => {
    const results = await Promise.all(
      [ruled, { ...ruled, operatorShare: 0 }].map((options) => runPlan(planRun(seed, options))),
    );

    expect(results.map(isClean)).toEqual([true, true]);
  });

  it.each([
    [9238, 'a needless epoch: a deleted row was taken for an environment that was put back'],
    [20512, 'a join that came when nobody waited for it any more'],
    [50131, 'a deleted person that an opt-out of its address brought back'],
    [51450, 'an opt-out of an address that a lift undid which did not know of it'],
    [72435, 'two persons for two rows with one address, of which Marketo committed one late'],
    [76378, 'a lift of an opt-out that did not reach a person whose creation a read had settled'],
    [75589, 'an edit that lost to an older value of ours, since the feed told of it in two parts'],
    [75214, 'an edit of a person whose row is deleted that our write ran over for good'],
    [73754, 'a value that was cleared, and written over before its page was read'],
    [75053, 'a deleted person made again, since the answer to its creation came late'],
    [
      80718,
      'an edit lost to a write whose feed row was no longer waited for, once its creation was answered',
    ],
    [80342, 'a value of ours taken for an edit, since a read had replaced the command that brought it'],
    [81909, 'an edit on top of a write of ours that no state ever showed'],
    [91430, 'an opt-out that an older lift of another record undid'],
    [111686, 'a person that was joined while another was being made for the same row'],
    [121046, 'a person made anew that was deleted before anybody could know of it: allowed'],
    [131854, 'an own value taken for an edit, since its feed row came in the lane that others overtake'],
    [131867, 'a deleted person made again for an edit of Marketo’s own'],
    [140712, 'an opt-out that stayed on one side, since a write of ours was waited for in vain'],
    [130696, 'a deleted person made again by an edit that overtook the answer to its creation'],
    [160634, 'the same'],
    [200612, 'the same, by an opt-out of its address'],
    [112311, 'a row without a person, since the one that it was to join was deleted first'],
    [121317, 'a lift of an opt-out that lost in the moment in which its person met its row'],
    [160716, 'the same'],
    [121397, 'an opt-out taken for a write of ours that was never made'],
    [80104, 'an edit between two writes of one value that the second ran over'],
    [
      947286,
      'an edit that was not put back, since the second of two writes of one value was waited for in vain',
    ],
    [941231, 'an edit of what an overtaken creation had made a person with'],
    [7310178, 'a person that did not come back, since its row was put back to what was agreed before'],
    [951799, 'a write of ours taken for an edit, since the answer to an earlier one came late'],
    [911004, 'an opt-out lifted by an edit that was older than our write of it'],
    [11001931, 'a person that did not come back, since its address had the wish of its row already'],
    [11008512, 'the same'],
    [761177, 'a lift of an opt-out that was lost when its row met the person that had opted out'],
    [11009820, 'the same'],
    [30002261, 'an opt-out that an older lift undid, since we were about to write the same'],
    [33001389, 'an opt-out that an older lift undid, which knew of another one before'],
    [10500010, 'an opt-out that an older lift undid, since we were about to write the same'],
    [10500897, 'an edit taken for a write of ours, whose guard the row was known to have passed'],
    [30000437, 'a command that repeated another for a person that was deleted then: allowed'],
  ])('finds nothing in seed %i, which once showed %s', async (seed) => {
    expect(isClean(await runPlan(planRun(seed)))).toBe(true);
  });

  it.each([
    [503, 'an edit of Marketo that is recorded nowhere, since a closed lead had refused it'],
    [1373, 'versions that counted anew, since a delta that was under way did not tell of a deletion'],
    [763, 'a value that a contact was made without: allowed'],
    [765, 'a lead that went on speaking for a contact that stays out: allowed'],
    [20000253, 'a lead without a person, since its contact was gone before anybody saw it: allowed'],
  ])('finds nothing in seed %i with contacts made of leads, which once showed %s', async (seed) => {
    expect(isClean(await runPlan(planRun(seed, { ...defaultPlanOptions, qualifyShare: 0.1 })))).toBe(true);
  });

  it('finds nothing in seed 20102194, which once showed a contact that stayed with whom its lead was parted from', async () => {
    const options = { ...defaultPlanOptions, qualifyShare: 0.1, operatorShare: 0.1 };

    expect(isClean(await runPlan(planRun(20102194, options)))).toBe(true);
  });

  it.each([
    [930557, 'a lift of an opt-out that lost in the moment in which its person met its row'],
    [961764, 'a row without a person, which asked for that of another row again and again'],
    [800604, 'an edit that a command ran over which nobody had answered'],
    [912908, 'a record that never heard from whom it was parted'],
    [932302, 'a row of two records, since the person that it was parted from had joined another one'],
    [931760, 'a lift of an opt-out that was lost, since its row was parted before it was read'],
    [112628, 'the same'],
    [8400624, 'the same, where it had been read and was not told yet'],
    [
      34101684,
      'an opt-out that what was read before it lifted, since a process that slept knew of no record',
    ],
    [20103688, 'two persons for a row that was out for a moment while one was on its way to it'],
  ])('finds nothing in seed %i with an operator, which once showed %s', async (seed) => {
    const options = { ...defaultPlanOptions, operatorShare: 0.1 };

    expect(isClean(await runPlan(planRun(seed, options)))).toBe(true);
  });

  it.each([
    [3000635, 'a row that asked for ever by a claim that had outlived a crash'],
    [
      10100455,
      'an edit that came back, since our write, of which the feed had told, seemed to have run over it',
    ],
    [5101686, 'a person whom its record and the one that this had joined sent to each other for ever'],
    [840700634, 'an edit of somebody who was merged into a person that was being made, taken for its own'],
  ])('finds nothing in seed %i with an operator and merges, which once showed %s', async (seed) => {
    const options = { ...defaultPlanOptions, operatorShare: 0.1, mergeShare: 0.15 };

    expect(isClean(await runPlan(planRun(seed, options)))).toBe(true);
  });

  it.each([
    [7000327, 'an undo of an undo that was lost, since the first one’s write was taken for an edit'],
    [8000985, 'the same, of a write that another command had overtaken'],
    [6001273, 'a command that repeated another and ran over an edit: allowed'],
    [10001878, 'an undo that was lost to what it had undone, since the feed told of that later'],
  ])('finds nothing in seed %i with an operator who undoes, which once showed %s', async (seed) => {
    const options = { ...defaultPlanOptions, operatorShare: 0.1, undoShare: 0.3 };

    expect(isClean(await runPlan(planRun(seed, options)))).toBe(true);
  });

  it('reaches what it is there for: conflicts, linked pairs and every kind of fault', async () => {
    const totals = { pairs: 0, conflicts: 0, faults: new Set<string>() };
    for (let seed = firstSeed; seed < firstSeed + 60; seed += 1) {
      const { verdict, faults } = await runPlan(planRun(seed));
      totals.pairs += verdict.linkedPairs;
      totals.conflicts += verdict.conflicts;
      for (const kind of Object.keys(faults)) totals.faults.add(kind);
    }

    expect(totals.pairs).toBeGreaterThan(60);
    expect(totals.conflicts).toBeGreaterThan(10);
    expect([...totals.faults].sort()).toEqual(['act', 'crash', 'error', 'later', 'sleep']);
  });

  it('lets a contact carry on the lead that it is made of', async () => {
    const creation = sleeperPlan.actions.slice(0, 2);
    const actions: Action[] = [...creation, { kind: 'human', act: { do: 'qualify', slot: 0 } }];
    const result = await runPlan({ ...sleeperPlan, actions });

    expect(isClean(result)).toBe(true);
    expect(result.history.dynamics.rows['contact']).toHaveLength(1);
    expect(result.history.marketo.persons.map(({ fields }) => fields['crmType'])).toEqual(['Contact']);
  });

  it('lets marketers have a row made, a task created and an owner changed, each once', async () => {
    const ask = (words: RequestWords, again = false): Action => ({
      kind: 'human',
      act: { do: 'ask', slot: 0, words, as: 'contact', again },
    });
    const person: Action = {
      kind: 'human',
      act: { do: 'create', side: 'marketo', table: 'lead', values: { lastName: 'Reed' } },
    };
    const asked = [ask('sync'), ask('create task'), ask('create task', true), ask('change owner')];
    const result = await runPlan({ ...sleeperPlan, actions: [person, { kind: 'settle' }, ...asked] });

    expect(isClean(result)).toBe(true);
    const ends = result.history.requests?.states.filter(({ state }) => state === 'DONE');
    expect(ends?.map(({ kind }) => kind)).toEqual(['SYNC_PERSON', 'CREATE_TASK', 'CHANGE_OWNER']);
    expect(result.history.requests?.tasks).toHaveLength(1);
    expect(result.history.dynamics.rows['contact']).toHaveLength(1);
  });

  it('lets rules delete persons, hold what both sides edited until somebody decides, and an operator part a pair', async () => {
    const created = (side: 'dynamics' | 'marketo', city: string): Action => ({
      kind: 'human',
      act: { do: 'create', side, table: 'lead', values: { email: 'ada@example.com', city } },
    });
    const run = (rules: NonNullable<Plan['rules']>, ...actions: Action[]) =>
      runPlan({ ...sleeperPlan, matchByEmail: true, rules, actions });
    const settled = [created('dynamics', 'York'), { kind: 'settle' } as const];

    const removed = await run({ whenFilteredOut: 'remove' }, ...settled, {
      kind: 'human',
      act: { do: 'filter', slot: 0, value: false },
    });
    const held = await run(
      { fields: { city: { conflict: 'review' } } },
      ...[created('dynamics', 'York'), created('marketo', 'Bath')],
    );
    const parted = await run({}, ...settled, { kind: 'operator', act: { do: 'unlink', slot: 0 } });

    expect([removed, held, parted].map(isClean)).toEqual([true, true, true]);
    expect(removed.history.marketo.persons).toEqual([]);
    expect(held.history.reviewed).toBe(true);
    expect(parted.history.marketo.persons).toHaveLength(2);
  });

  it('repeats a run from its seed', async () => {
    const first = await runPlan(planRun(42));
    const second = await runPlan(planRun(42));

    expect(second.history).toEqual(first.history);
    expect(resultOf(second)).toEqual(resultOf(first));
  });
});

describe('a part that is broken is found', () => {
  it('when Dynamics is written without If-Match', async () => {
    expect(await findSeed(writerWithoutIfMatch, ['lost'], 500)).not.toBeNull();
  });

  it('when a task that is repeated is another one', async () => {
    expect(await findSeed(writerWithNewTasks(), ['doubled'], 300, asking)).not.toBeNull();
  });

  it('when publishers are not fenced', async () => {
    const result = await runPlan(sleeperPlan, logWithoutFencing());

    expect(result.verdict.topicGaps.map(({ reason }) => reason)).toContain('versions are out of order');
    expect(isClean(await runPlan(sleeperPlan))).toBe(true);
  });

  it('when a field is mapped to the wrong place', async () => {
    expect(await findSeed(mappingWithCrossedColumns, ['differences'], 20)).not.toBeNull();
  });

  it('when opt-outs of Marketo are not heard', async () => {
    expect(await findSeed(mappingDeafToOptOuts, ['optOutsLost'], 100)).not.toBeNull();
  });

  it('with a history that is as short as it can be made', async () => {
    const seed = (await findSeed(mappingWithCrossedColumns, ['differences'], 20)) ?? 0;
    const plan = planRun(seed);
    const fails = async (shorter: typeof plan) =>
      (await runPlan(shorter, mappingWithCrossedColumns)).verdict.differences.length > 0;

    const shortest = await shrinkPlan(plan, fails);

    expect(shortest.actions.length).toBeLessThan(5);
    expect(isClean(await runPlan(shortest))).toBe(true);
    expect(await fails(shortest)).toBe(true);
  });
});
