import type { UnfitFate } from '@lockstep/change-events';
import { values, writesTo, type Pair } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import { writeMarketo } from './exampleWrites.ts';

/** The worked examples of docs/conflict-resolution.md about values that do not fit. */
const lengthMax = 40;
const long = 'Head of Everything that Nobody Else Wanted to Be Head of';
const cut = long.slice(0, lengthMax);

/** A row whose job title is longer than Marketo's field, created in Marketo, with both sides at rest. */
function longTitle(fate: UnfitFate, kind: 'lead' | 'contact' = 'lead'): Pair {
  const world = createWorld();
  world.state.narrow.set('title', { lengthMax, fate });
  const row = `${kind}-1`;
  world.dynamics.insert(kind, row, { jobtitle: long, address1_city: 'Lyon' });
  world.readDynamics(row);
  world.settle();
  const [person] = world.marketo.ids();
  if (person === undefined) throw new Error('nobody was created');
  return { world, row, person };
}

describe('a value that is longer than its field in Marketo', () => {
  it('is left out and waits in its record, which goes without it', () => {
    const pair = longTitle('REJECTED');

    expect(values(pair, 'jobTitle').map((value) => value ?? null)).toEqual([long, long, null]);
    expect(values(pair, 'city')).toEqual(['Lyon', 'Lyon', 'Lyon']);
    const person = pair.world.record('dynamics/lead/lead-1').rows.find(({ system }) => system === 'marketo');
    expect(person?.parked).toMatchObject({ jobTitle: { value: long, code: '1077' } });
    expect(person?.seen['jobTitle']).toEqual({ value: null, at: person?.seen['city']?.at });
    expect(writesTo(pair.world, 'marketo')).toHaveLength(1);
    expect(writesTo(pair.world, 'dynamics')).toEqual([]);
  });

  it.each(['REJECTED', 'TRUNCATED', 'REPORTED'] as const)(
    'reaches Marketo once it is short enough (%s)',
    (fate) => {
      const pair = longTitle(fate);

      pair.world.dynamics.edit(pair.row, { jobtitle: 'Pilot' });
      pair.world.settle();

      expect(values(pair, 'jobTitle')).toEqual(['Pilot', 'Pilot', 'Pilot']);
    },
  );

  it('reaches Marketo once it is short enough, also of a person that was read before its creation was answered', () => {
    const world = createWorld();
    world.state.narrow.set('title', { lengthMax, fate: 'REJECTED' });
    world.dynamics.insert('lead', 'lead-1', { jobtitle: long, address1_city: 'Lyon' });
    world.readDynamics('lead-1');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is made');
    const answer = writeMarketo(world, creation);
    const [person = ''] = world.marketo.ids();
    world.readMarketo(person);
    const { record } = world.handAnswer(answer);
    expect(record.fields['city']).toMatchObject({ agreed: true });

    world.dynamics.edit('lead-1', { jobtitle: 'Pilot' });
    world.settle();

    expect(world.marketo.field(person, 'title')).toBe('Pilot');
  });

  it.each(['lead', 'contact'] as const)('is left out of an update of a %s, without a call', (kind) => {
    const pair = longTitle('REJECTED', kind);
    const calls = writesTo(pair.world, 'marketo').length;

    pair.world.dynamics.edit(pair.row, { jobtitle: `${long}, and of More` });
    pair.world.settle();
    pair.world.marketo.write(pair.person, { city: 'Nantes' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')[1]).toBe(`${long}, and of More`);
    expect(writesTo(pair.world, 'marketo')).toHaveLength(calls);
  });

  it.each(['TRUNCATED', 'REPORTED'] as const)(
    'stays whole in Dynamics although Marketo holds its beginning (%s)',
    (fate) => {
      const pair = longTitle(fate);
      pair.world.marketo.write(pair.person, { city: 'Nantes' });
      pair.world.settle();
      pair.world.dynamics.edit(pair.row, { jobtitle: `Not Any More ${long}` });
      pair.world.settle();

      const beginning = `Not Any More ${long}`.slice(0, lengthMax);
      expect(values(pair, 'jobTitle')).toEqual([`Not Any More ${long}`, `Not Any More ${long}`, beginning]);
      expect(writesTo(pair.world, 'dynamics')).toEqual([{ address1_city: 'Nantes' }]);
      expect(pair.world.state.decisions.flatMap(({ conflicts }) => conflicts)).toEqual([]);
    },
  );

  it.each(['lead', 'contact'] as const)(
    'is known as ours when the feed comes before the outcome, for a %s',
    (kind) => {
      const pair = longTitle('TRUNCATED', kind);
      const { world, row, person } = pair;
      const next = `Chief ${long}`;
      world.dynamics.edit(row, { jobtitle: next });
      world.readDynamics(row);
      world.carryOut({ loseAnswers: true });

      world.readMarketo(person);
      world.wakeUp(120_000);
      world.settle();

      expect(values(pair, 'jobTitle')).toEqual([next, next, next.slice(0, lengthMax)]);
      expect(writesTo(world, 'dynamics')).toEqual([]);
    },
  );

  it.each(['TRUNCATED', 'REPORTED'] as const)(
    'gives way to an edit of its beginning in Marketo (%s)',
    (fate) => {
      const pair = longTitle(fate);

      pair.world.marketo.write(pair.person, { title: cut.slice(0, 35) });
      pair.world.settle();

      expect(values(pair, 'jobTitle')).toEqual([cut.slice(0, 35), cut.slice(0, 35), cut.slice(0, 35)]);
    },
  );

  it('is known as ours in a feed that was read before its outcome and comes after it', () => {
    const pair = longTitle('REPORTED');
    const { world, row, person } = pair;
    const next = `Chief ${long}`;
    world.dynamics.edit(row, { jobtitle: next });
    world.readDynamics(row);
    world.carryOut();
    const event = world.marketo.change(person, 'LIVE');

    world.hand(person, { ...event, page: { ...event.page, number: event.page.number - 3 } });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual([next, next, next.slice(0, lengthMax)]);
    expect(world.state.decisions.flatMap(({ conflicts }) => conflicts)).toEqual([]);
  });
});
