import { decide } from '../decide.ts';
import { linkedPair, strangers, values } from './examplePairs.ts';
import { mergePersons, mergeRows, recordOf, rest, twoPairs, type Two } from './exampleTwoPairs.ts';
import { survivorOf } from '../followMerge.ts';

/** Worked examples of who carries on after a merge that the other side follows (G-31). */

const results = ({ world }: Two): string[] => world.state.received.map(({ result }) => result);

/** In how many seconds the record looks for whoever carries on; null when it does not. */
const looksIn = ({ world, loser }: Two): number | null => {
  const { dueAtMs } = recordOf(loser).following ?? {};
  return dueAtMs === undefined ? null : (dueAtMs - world.state.nowMs) / 1_000;
};

/** A third row, whose person is not made yet. */
function insertThird({ world, loser }: Two): void {
  world.dynamics.insert('lead', 'lead-3', { jobtitle: 'third', statecode: 0 });
  world.readDynamics('lead-3');
  world.dynamics.edit(loser.row, { merged: true, masterid: 'lead/lead-3', statecode: 2 });
  world.readDynamics(loser.row);
}

describe('a merge in Dynamics', () => {
  it('leaves both persons as they are, natively', () => {
    const two = twoPairs({});
    mergeRows(two);
    rest(two);

    expect(two.world.marketo.ids()).toEqual([two.loser.person, two.winner.person]);
    expect(results(two)).toEqual([]);
    expect(looksIn(two)).toBe(null);
  });

  it('leaves the person of the loser alone while the row that carries on stays out, though that has a person', () => {
    const two = twoPairs();
    two.world.dynamics.edit(two.winner.row, { new_synctomkto: false });
    two.world.settle();
    mergeRows(two);
    rest(two);

    expect(two.world.marketo.ids()).toEqual([two.loser.person, two.winner.person]);
  });

  it('asks for nothing before the person is made that carries on, and is followed then', () => {
    const two = twoPairs();
    insertThird(two);
    two.world.wakeUp(0);
    expect(looksIn(two)).not.toBe(null);
    rest(two);

    expect(results(two)).toEqual(['CREATED', 'MERGED']);
    expect(two.world.marketo.ids()).not.toContain(two.loser.person);
    expect(looksIn(two)).toBe(null);
  });

  it('of rows whose persons were merged the other way moves the last person, with whatever comes of it late', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergeRows(two);
    world.marketo.merge(loser.person, winner.person);
    world.readMarketo(winner.person);
    rest(two);
    const former = world.state.decisions.filter(({ record }) => record.goldenId === recordOf(loser).goldenId);
    expect(recordOf(loser).rows.map(({ id }) => id)).toEqual([loser.row]);
    expect(former.every(({ record }) => record.rows.some(({ id }) => id === loser.row))).toBe(true);

    world.state.links.set(`marketo/person/${loser.person}`, recordOf(loser).goldenId);
    world.marketo.write(loser.person, { title: 'later' });
    expect(world.readMarketo(loser.person)).toMatchObject({
      ...{ nothing: 'forwarded', forwards: [{ goldenId: recordOf(winner).goldenId }] },
    });
    rest(two);
    expect(values({ ...winner, person: loser.person }, 'jobTitle')).toEqual(['later', 'later', 'later']);
  });
});

describe('whoever carries on', () => {
  it('is looked for less and less often, an hour apart at most, and at its time only', () => {
    const two = twoPairs();
    const { world, loser } = two;
    // Nothing else wakes the record.
    world.state.losesForwards = true;
    mergePersons(two, world.marketo.create({ title: 'winner' }), loser.person);
    expect(looksIn(two)).toBe(0);

    world.wakeUp(0);
    expect(looksIn(two)).toBe(15);
    world.wakeUp(14_000);
    expect(looksIn(two)).toBe(1);
    world.wakeUp(1_000);
    expect(looksIn(two)).toBe(30);
    for (let round = 0; round < 10; round += 1) world.wakeUp((looksIn(two) ?? NaN) * 1_000);
    expect(looksIn(two)).toBe(3_600);
  });

  it('is looked for no more once it is found, while the row is still to follow', () => {
    const two = twoPairs();
    two.world.state.withheld.add('dynamics');
    mergePersons(two, two.winner.person, two.loser.person);
    two.world.wakeUp(0);

    expect(looksIn(two)).toBe(null);
  });

  it('is looked for no more while it is asked for, where it has no row', () => {
    const two = twoPairs();
    const { world, loser } = two;
    const person = world.marketo.create({ title: 'winner' });
    world.readMarketo(person);
    world.state.losesForwards = true;
    mergePersons(two, person, loser.person);
    world.wakeUp(0);

    expect(recordOf(loser).waiting).toMatchObject({ cause: 'join' });
    expect(looksIn(two)).toBe(null);
  });

  it('is not known where nobody has read who it is', () => {
    const two = twoPairs();
    const { state } = two.world;
    mergePersons(two, two.winner.person, two.loser.person);
    const { goldenId } = recordOf(two.loser);
    const { record } = decide(
      recordOf(two.loser),
      { kind: 'wake-up', goldenId, reason: 'due', target: null },
      {
        ...{ mapping: state.mapping, policy: state.policy, nowMs: state.nowMs, firstReadsComplete: true },
        ...{ claims: [], owners: new Map(), parents: new Map(), published: new Set() },
      },
    );

    expect(record.following).toMatchObject({ dueAtMs: state.nowMs });
  });

  it('is the last of several pairs that were merged one after the other', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    world.dynamics.insert('lead', 'lead-3', { jobtitle: 'third', statecode: 0 });
    world.readDynamics('lead-3');
    world.settle();
    const third = world.marketo.ids().at(-1) ?? '';
    world.state.withheld.add('dynamics');
    mergePersons(two, winner.person, loser.person);
    mergePersons(two, third, winner.person);
    world.state.withheld.clear();
    rest(two);

    expect(world.dynamics.column(winner.row, 'masterid')).toBe('lead/lead-3');
    expect(world.dynamics.column(loser.row, 'masterid')).toBe('lead/lead-3');
  });

  it('is free for nobody any more once another record has it', () => {
    const { world, person } = strangers({}, {});
    world.settle();
    const alias = world.state.records.get(`golden/${person}`);
    if (!alias) throw new Error('the person had no record of its own');

    expect(alias.aliasOf).toBe('golden/lead-1');
    expect(survivorOf(alias)).toMatchObject({ isFree: false });
  });
});

describe('what a record tells another one once', () => {
  /** A row that has a second person, since its first was deleted. */
  function withTwoPersons() {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.remove(person);
    world.readMarketo(person);
    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    // Something else is open, and to be published.
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    return { world, key: `marketo/person/${world.marketo.ids()[0] ?? ''}` };
  }

  it('is saved with it, each message under a name of its own, until it is known to be published', () => {
    const { world, key } = withTwoPersons();
    const { record, forwards } = world.wish(key, 'unlink', 'golden/parted');
    const { goldenId, revision } = record;

    const kept = record.outbox.filter(({ kind }) => kind === 'forward');
    expect(kept).toEqual(
      forwards.map((message, at) => ({
        ...{ kind: 'forward', entryId: `${goldenId}/1.${revision.number}/forward/${at}`, message },
      })),
    );
    expect(kept).toHaveLength(2);

    world.marketo.write(key.split('/')[2] ?? '', { title: 'later' });
    const later = world.readMarketo(key.split('/')[2] ?? '');
    expect(later.record.outbox.filter(({ kind }) => kind === 'forward')).toEqual([]);
  });
});
