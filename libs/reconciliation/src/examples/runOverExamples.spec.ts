import type { ChangeEvent } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values, type Pair } from './examplePairs.ts';

/** The worked examples of docs/conflict-resolution.md about edits that the feed tells of before, after and on top of our writes. */

type Evidence = NonNullable<ChangeEvent['evidence']>;
type Kind = 'lead' | 'contact';

/** Dynamics edits the job title; the write to Marketo is planned. */
function edited(kind: Kind): Pair {
  const pair = linkedPair(kind, { jobtitle: 'Engineer' });
  pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
  pair.world.readDynamics(pair.row);
  return pair;
}

const seenOf = ({ world, person }: Pair, field = 'jobTitle') =>
  world.record(`marketo/person/${person}`).rows[1]?.seen[field];
const withRows = (event: ChangeEvent, change: (rows: Evidence['rows']) => Evidence['rows']): ChangeEvent => ({
  ...event,
  evidence: event.evidence && { ...event.evidence, rows: change(event.evidence.rows) },
});
const byHand = (event: ChangeEvent): ChangeEvent =>
  withRows(event, (rows) => rows.map((row) => ({ ...row, source: 'Lead update' })));
const titles = (pair: Pair) => values(pair, 'jobTitle');
const put = ({ world, person }: Pair, ...edits: (string | null)[]) => {
  for (const title of edits) world.marketo.write(person, { title });
};

describe('an edit that leaves the state as it was', () => {
  it('is the last word of a side that has the say', () => {
    const pair = edited('lead');
    put(pair, 'Weaver');
    pair.world.carryOut();
    pair.world.readMarketo(pair.person);
    expect(titles(pair)).toEqual(['Director', 'Weaver', 'Director']);
    put(pair, 'Captain', 'Director');
    pair.world.settle();

    expect(titles(pair)).toEqual(['Director', 'Director', 'Director']);
  });

  it('is none where somebody only took back an edit, and what comes from the other side holds', () => {
    const pair = edited('lead');
    put(pair, 'Weaver', 'Engineer');
    pair.world.readMarketo(pair.person);
    pair.world.settle();

    expect(titles(pair)).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('is an edit like any where it was made on top of our write, which no state ever showed', () => {
    const pair = edited('contact');
    pair.world.carryOut({ loseAnswers: true });
    put(pair, 'Engineer');
    pair.world.settle();

    expect(titles(pair)).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });
});

describe('an edit that the feed tells of', () => {
  it('was made on top of our write that it tells of before, whatever the clocks say', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    pair.world.state.nowMs += 5000;
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.readDynamics(pair.row);
    pair.world.carryOut({ loseAnswers: true });
    put(pair, 'Weaver');
    pair.world.settle();

    expect(titles(pair)).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('was not made on top of our write where it is older, though somebody had put the same value there', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.marketo.write(person, { city: 'Nantes' });
    world.readMarketo(person);
    put(pair, 'Director', 'Weaver');
    const event = byHand(world.marketo.change(person, 'LIVE'));
    world.state.nowMs += 5000;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    for (const index of [0, 1])
      world.hand(person, {
        ...withRows(event, (rows) => rows.slice(index, index + 1)),
        page: world.marketo.nextNumber(),
      });
    world.settle();

    expect(titles(pair)).toEqual(['Director', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
  });

  it('was not made on top of our write where its value was seen before, though it is of the same second', () => {
    const pair = linkedPair('lead', {});
    const { world, row, person } = pair;
    put(pair, 'Weaver');
    const event = byHand(world.marketo.change(person, 'LIVE'));
    world.hand(person, { ...event, evidence: null });
    world.carryOut();
    world.dynamics.edit(row, { jobtitle: null });
    world.readDynamics(row);
    world.hand(person, { ...event, page: world.marketo.nextNumber() });
    world.settle();

    expect(titles(pair)).toEqual([null, null, null]);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('is no news where the person was read since', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    put(pair, 'Weaver');
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    pair.world.hand(pair.person, { ...event, evidence: null });
    pair.world.settle();
    const page = pair.world.marketo.nextNumber();
    const { goldenEvent, conflicts } = pair.world.hand(pair.person, { ...event, page });

    expect(goldenEvent).toBeNull();
    expect(conflicts).toEqual([]);
  });

  it('is kept where our write ran over it, though the feed does not tell of that yet', () => {
    const pair = edited('lead');
    put(pair, 'Weaver');
    const feedNumber = pair.world.marketo.nextNumber();
    pair.world.carryOut();
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    const rows = event.evidence?.rows.slice(0, 1) ?? [];
    pair.world.hand(pair.person, { ...event, evidence: { feedNumber, rows } });
    expect(seenOf(pair)).toEqual({ value: 'Director', at: event.page, unconfirmed: true });
    const page = pair.world.marketo.nextNumber();
    pair.world.hand(pair.person, { ...withRows(event, (rows) => rows.slice(1)), page });
    pair.world.settle();

    expect(titles(pair)).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: 'Weaver', loserValue: 'Director' }]);
  });

  it('is kept where our write ran over it and somebody edited again, though the feed is behind', () => {
    const pair = edited('lead');
    put(pair, 'Weaver');
    pair.world.carryOut({ loseAnswers: true });
    put(pair, 'Pilot');
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    pair.world.hand(
      pair.person,
      withRows(event, (rows) => rows.slice(0, 2)),
    );

    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: 'Weaver', loserValue: 'Director' }]);
    expect(titles(pair)[1]).toBe('Pilot');
  });

  it('gives way to one that the state shows already: only that collides', () => {
    const pair = edited('contact');
    put(pair, 'Weaver', 'Pilot');
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    pair.world.hand(
      pair.person,
      withRows(event, (rows) => rows.slice(0, 1)),
    );

    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: 'Director', loserValue: 'Pilot' }]);
  });

  it.each(['lead', 'contact'] as const)(
    'is none that our write ran over where the feed told of that before, and somebody put our value back on a %s',
    (kind) => {
      const pair = edited(kind);
      pair.world.carryOut();
      put(pair, 'Weaver', 'Director');
      const event = byHand(pair.world.marketo.change(pair.person, 'LIVE'));
      const { page } = event;
      pair.world.hand(
        pair.person,
        withRows(event, (rows) =>
          rows.slice(0, 2).map((row, at) => (at === 0 ? { ...row, source: null } : row)),
        ),
      );
      expect(titles(pair)).toEqual(['Director', 'Director', 'Director']);
      pair.world.hand(pair.person, {
        ...withRows(event, (rows) => rows.slice(2)),
        page: { ...page, number: page.number + 1 },
      });

      expect(pair.world.state.open).toEqual([]);
      expect(titles(pair)).toEqual(['Director', 'Director', 'Director']);
      expect(conflictsOf(pair.world)).toEqual([]);
    },
  );

  it('is none of what a later read has shown, which was decided then: an edit that came after that holds', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    put(pair, 'Weaver');
    const late = byHand(world.marketo.change(person, 'BACKFILL'));
    world.readMarketo(person);
    world.settle();
    expect(titles(pair)).toEqual(['Weaver', 'Weaver', 'Weaver']);
    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.readDynamics(row);
    world.hand(person, late);
    world.settle();

    expect(titles(pair)).toEqual(['Pilot', 'Pilot', 'Pilot']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('is none of a value that is on its way from us, whoever was first to put it there', () => {
    const pair = edited('lead');
    pair.world.dynamics.edit(pair.row, { jobtitle: 'President' });
    pair.world.readDynamics(pair.row);
    put(pair, 'Director');
    pair.world.hand(pair.person, byHand(pair.world.marketo.change(pair.person, 'LIVE')));

    expect(titles(pair)[1]).toBe('President');
    expect(conflictsOf(pair.world)).toEqual([]);
  });
});
