import { linkedPair, values, writesTo } from './examplePairs.ts';
import { follow, mergePersons, mergeRows, recordOf, rest, twoPairs } from './exampleTwoPairs.ts';
import { troublesOf } from '../troubles.ts';

/** The worked examples of docs/conflict-resolution.md about merges of one side that the other follows (G-31). */

/** Our key of the loser, as a winner may have got it. */
const keyOf = ({ world, loser }: ReturnType<typeof twoPairs>) => ({
  lockstepId: world.state.links.get(`dynamics/lead/${loser.row}`) ?? '',
});

describe('a merge in Marketo that the rows follow', () => {
  it('leaves both rows as they are, natively', () => {
    const two = twoPairs({});
    mergePersons(two, two.winner.person, two.loser.person);
    rest(two);

    expect(two.world.state.received).toEqual([]);
    expect(two.world.dynamics.column(two.loser.row, 'merged')).toBeUndefined();
  });

  it.each(['lead', 'contact'] as const)(
    'merges the row of the loser into that of the winner, once (%s)',
    (kind) => {
      const two = twoPairs(follow, [kind, kind]);
      mergePersons(two, two.winner.person, two.loser.person);
      rest(two);

      const { world, loser, winner } = two;
      expect(world.dynamics.column(loser.row, 'masterid')).toBe(`${kind}/${winner.row}`);
      expect(writesTo(world, 'dynamics')).toEqual([{}]);
      expect(world.dynamics.column(winner.row, 'jobtitle')).toBe('winner');
      expect(world.marketo.ids()).toEqual([winner.person]);
      expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
    },
  );

  it('lets the row go on with a winner that has none', () => {
    const two = twoPairs();
    const { world, loser } = two;
    const person = world.marketo.create({ title: 'winner', city: 'Lyon' });
    world.readMarketo(person);
    mergePersons(two, person, loser.person);
    rest(two);
    world.dynamics.edit(loser.row, { jobtitle: 'later' });
    rest(two);

    expect(values({ ...loser, person }, 'jobTitle')).toEqual(['later', 'later', 'later']);
    expect(values({ ...loser, person }, 'city')).toEqual(['Lyon', 'Lyon', 'Lyon']);
    expect(world.marketo.ids()).not.toContain(loser.person);
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it.each(['keep', 'follow'] as const)(
    'lets the row go on with a winner that got our key from the loser, whichever was read first (%s)',
    (mergedInMarketo) => {
      const two = twoPairs({ mergedInMarketo });
      const { world, loser } = two;
      const person = world.marketo.create({ title: 'winner', city: 'Lyon', ...keyOf(two) });
      world.readMarketo(person);
      mergePersons(two, person, loser.person);
      rest(two);
      world.dynamics.edit(loser.row, { jobtitle: 'later' });
      rest(two);

      expect(values({ ...loser, person }, 'jobTitle')).toEqual(['later', 'later', 'later']);
      expect(values({ ...loser, person }, 'city')).toEqual(['Lyon', 'Lyon', 'Lyon']);
      expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
    },
  );

  it.each(['keep', 'follow'] as const)(
    'gives an edit that was on its way to the loser to the winner, which was read meanwhile (%s)',
    (mergedInMarketo) => {
      const two = twoPairs({ mergedInMarketo });
      const { world, loser } = two;
      const ours = { crmId: loser.row, crmType: 'Lead', leadStatus: 'Open' };
      const person = world.marketo.create({ ...ours, ...keyOf(two) });
      world.dynamics.edit(loser.row, { jobtitle: 'later' });
      world.readDynamics(loser.row);
      world.marketo.merge(person, loser.person);
      for (const id of [person, loser.person, person]) world.readMarketo(id);
      rest(two);

      expect(values({ ...loser, person }, 'jobTitle')).toEqual(['later', 'later', 'later']);
      expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
    },
  );

  it('follows to whoever carries on in the end', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    const between = world.marketo.create({ title: 'between' });
    world.readMarketo(between);
    world.marketo.merge(between, loser.person);
    mergePersons(two, winner.person, between);
    world.readMarketo(loser.person);
    rest(two);

    expect(world.dynamics.column(loser.row, 'masterid')).toBe(`lead/${winner.row}`);
  });

  it('waits for a winner that nobody has read yet', () => {
    const two = twoPairs();
    const { world, loser } = two;
    const person = world.marketo.create({ title: 'winner' });
    mergePersons(two, person, loser.person);
    world.wakeUp(60_000);
    expect(recordOf(loser).dueAtMs).not.toBeNull();
    rest(two);

    expect(values({ ...loser, person }, 'jobTitle')).toEqual(['winner', 'winner', 'winner']);
  });

  it.each([
    ['of the other table', ['contact', 'lead'], {}],
    ['that stays out', ['lead', 'lead'], { new_synctomkto: false }],
    ['that lost a merge itself', ['lead', 'lead'], { merged: true, masterid: 'lead/lead-3', statecode: 2 }],
  ] as const)('leaves the row of the loser alone where the winner has one %s', (_, kinds, columns) => {
    const two = twoPairs({ ...follow, mergedInDynamics: 'keep' }, kinds);
    two.world.dynamics.edit(two.winner.row, columns);
    two.world.settle();
    mergePersons(two, two.winner.person, two.loser.person);
    rest(two);

    expect(writesTo(two.world, 'dynamics')).toEqual([]);
    expect(two.world.dynamics.column(two.loser.row, 'merged')).toBeUndefined();
  });

  it('leaves a row that was edited meanwhile for review, whichever was learnt first', () => {
    const two = twoPairs();
    const { world, loser } = two;
    world.dynamics.edit(loser.row, { jobtitle: 'Director' });
    mergePersons(two, two.winner.person, loser.person);
    rest(two);

    expect(world.dynamics.column(loser.row, 'merged')).toBeUndefined();
    expect(world.dynamics.column(loser.row, 'jobtitle')).toBe('Director');
    expect(recordOf(loser).waiting).toMatchObject({ cause: 'review', code: 'PERSON_MERGED' });
  });

  it('takes no row that stays out, until it turns in', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    world.dynamics.edit(loser.row, { new_synctomkto: false });
    world.settle();
    mergePersons(two, winner.person, loser.person);
    rest(two);
    expect(writesTo(world, 'dynamics')).toEqual([]);

    world.dynamics.edit(loser.row, { new_synctomkto: true });
    rest(two);
    expect(world.dynamics.column(loser.row, 'masterid')).toBe(`lead/${winner.row}`);
  });

  it('joins nobody whom an operator had parted from the row', () => {
    const two = twoPairs();
    const { world, loser } = two;
    world.wish(`dynamics/lead/${loser.row}`, 'unlink', 'golden/parted');
    rest(two);
    const person = world.marketo.ids().at(-1) ?? '';
    mergePersons(two, loser.person, person);
    rest(two);

    expect(recordOf(loser).rows).not.toContainEqual(expect.objectContaining({ id: loser.person }));
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('is done once although the answer of Dynamics was lost', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergePersons(two, winner.person, loser.person);
    world.wakeUp(1);
    world.carryOut({ loseAnswers: true });
    world.wakeUp(60_000);
    rest(two);

    expect(writesTo(world, 'dynamics').length).toBeLessThanOrEqual(2);
    expect(recordOf(loser).outbox.filter(({ kind }) => kind === 'dynamics-write')).toEqual([]);
    expect(world.dynamics.column(loser.row, 'masterid')).toBe(`lead/${winner.row}`);
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('waits where Dynamics refuses, in sight of an operator, and is done when it may', () => {
    const two = twoPairs();
    two.world.state.refused.add('merged');
    mergePersons(two, two.winner.person, two.loser.person);
    two.world.wakeUp(1);
    two.world.settle();
    expect(troublesOf(recordOf(two.loser))).toMatchObject([
      { side: 'dynamics', code: 'DYNAMICS_REFUSED', field: null },
    ]);

    two.world.state.refused.clear();
    rest(two);

    expect(two.world.dynamics.column(two.loser.row, 'merged')).toBe(true);
    expect(troublesOf(recordOf(two.loser))).toEqual([]);
  });

  it('is foretold while nothing is written, and done when writes flow', () => {
    const two = twoPairs();
    two.world.state.withheld.add('dynamics');
    mergePersons(two, two.winner.person, two.loser.person);
    two.world.wakeUp(1);

    expect(recordOf(two.loser).forecast).toEqual({
      dynamics: [{ operation: 'MERGE', table: 'lead', fields: [] }],
    });
    two.world.state.withheld.clear();
    rest(two);
    expect(two.world.dynamics.column(two.loser.row, 'merged')).toBe(true);
  });
});

describe('a merge in Dynamics that the persons follow', () => {
  it('merges the person of the loser into that of the winner, once', () => {
    const two = twoPairs();
    mergeRows(two);
    rest(two);

    const { world, loser, winner } = two;
    expect(world.marketo.ids()).toEqual([winner.person]);
    expect(world.state.received).toEqual([{ to: 'marketo', values: {}, result: 'MERGED' }]);
    world.readMarketo(loser.person);
    rest(two);
    expect(world.state.received).toHaveLength(1);
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('is no merge of rows again, when the feed tells of it', () => {
    const two = twoPairs();
    mergeRows(two);
    rest(two);
    two.world.readMarketo(two.loser.person);
    rest(two);

    expect(writesTo(two.world, 'dynamics')).toEqual([]);
  });

  it('says nothing when it is answered twice', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergeRows(two);
    rest(two);
    const { commandId, goldenId, revision, lane } =
      world.state.decisions.flatMap(({ commands }) => commands).at(-1) ?? {};
    if (!commandId || !goldenId || !revision || !lane) throw new Error('nothing was asked');
    const nothing = { accepted: null, state: null, code: null, field: null, detail: null, retryAt: null };
    const [sent, answered] = [world.marketo.nextNumber(), world.marketo.nextNumber()];
    const outcome = { commandId, goldenId, revision, lane, ...nothing, sent, answered } as const;

    expect(
      world.handAnswer({
        ...{ kind: 'outcome', goldenId },
        outcome: { ...outcome, result: 'MERGED', personId: winner.person, at: '2026-11-22T12:00:00Z' },
      }),
    ).toMatchObject({ nothing: 'superseded', dirty: false, forwards: [] });
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('waits where the person of the winner is not found, until a feed tells what became of it', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergeRows(two);
    world.readDynamics(loser.row);
    world.wakeUp(1);
    world.marketo.remove(winner.person);
    world.carryOut();

    expect(recordOf(loser).waiting).toMatchObject({ cause: 'marketo-missing' });
    expect(recordOf(loser).rows[1]).toMatchObject({ id: loser.person, missing: false, deletedAt: null });
  });

  it('waits until the winner has a person, and leaves it alone while that stays out', () => {
    const two = twoPairs();
    const { world, loser } = two;
    world.dynamics.insert('lead', 'lead-3', { jobtitle: 'third', new_synctomkto: false, statecode: 0 });
    world.readDynamics('lead-3');
    world.dynamics.edit(loser.row, { merged: true, masterid: 'lead/lead-3', statecode: 2 });
    rest(two);
    expect(world.marketo.ids()).toContain(loser.person);

    world.dynamics.edit('lead-3', { new_synctomkto: true });
    rest(two);
    expect(world.marketo.ids()).not.toContain(loser.person);
    expect(world.marketo.ids()).toHaveLength(2);
  });

  it('is done once although the answer of Marketo was lost', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergeRows(two);
    world.readDynamics(loser.row);
    world.wakeUp(1);
    world.carryOut({ loseAnswers: true });
    world.readMarketo(loser.person);
    rest(two);

    expect(world.marketo.ids()).toEqual([winner.person]);
    expect(world.state.received.filter(({ result }) => result === 'MERGED')).toHaveLength(1);
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it.each([
    ['rows', 'persons'],
    ['persons', 'rows'],
  ])('brings together who is left where %s were merged one way and %s the other', (first) => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    if (first === 'rows') mergeRows(two);
    world.marketo.merge(loser.person, winner.person);
    if (first === 'persons') mergeRows(two);
    world.readMarketo(winner.person);
    rest(two);
    world.dynamics.edit(winner.row, { jobtitle: 'later' });
    rest(two);

    expect(world.marketo.ids()).toEqual([loser.person]);
    expect(values({ ...winner, person: loser.person }, 'jobTitle')).toEqual(['later', 'later', 'later']);
    expect(recordOf(winner)).toMatchObject({ waiting: null, dueAtMs: null });
    expect(recordOf(loser)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('undone before that leaves the person alone', () => {
    const two = twoPairs();
    const { world, loser } = two;
    world.state.withheld.add('marketo');
    mergeRows(two);
    rest(two);
    expect(recordOf(loser).forecast).toEqual({
      marketo: [{ operation: 'MERGE', table: 'person', fields: [] }],
    });
    world.dynamics.edit(loser.row, { merged: false, masterid: null, statecode: 0 });
    world.settle();
    world.state.withheld.clear();
    rest(two);

    expect(world.marketo.ids()).toContain(loser.person);
  });
});

it('of a pair that was never merged follows nothing', () => {
  const pair = linkedPair('lead', { jobtitle: 'Engineer' });
  pair.world.state.policy = { ...pair.world.state.policy, ...follow };
  pair.world.wakeUp(3_600_000);

  expect(pair.world.state.received).toEqual([]);
  expect(recordOf(pair)).not.toHaveProperty('following');
});
