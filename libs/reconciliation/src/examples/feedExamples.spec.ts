import type { ChangeEvent } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values, type Pair } from './examplePairs.ts';

/** The worked examples of docs/conflict-resolution.md about what the feed of Marketo tells, and when it is believed. */

/** Dynamics edits the job title; the write to Marketo is planned. */
function edited(jobtitle = 'Director', kind: 'lead' | 'contact' = 'lead'): Pair {
  const pair = linkedPair(kind, { jobtitle: 'Engineer' });
  pair.world.dynamics.edit(pair.row, { jobtitle });
  pair.world.readDynamics(pair.row);
  return pair;
}

const seenOf = ({ world, person }: Pair, field = 'jobTitle') =>
  world.record(`marketo/person/${person}`).rows[1]?.seen[field];
const isAgreed = ({ world, person }: Pair) =>
  world.record(`marketo/person/${person}`).fields['jobTitle']?.agreed;
type Evidence = NonNullable<ChangeEvent['evidence']>;
const withRows = (event: ChangeEvent, change: (rows: Evidence['rows']) => Evidence['rows']): ChangeEvent => ({
  ...event,
  evidence: event.evidence && { ...event.evidence, rows: change(event.evidence.rows) },
});

describe('our write to Marketo', () => {
  it('is not undone by an edit of somebody who was merged into the person', () => {
    const pair = edited();
    pair.world.carryOut();
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    const [ours] = event.evidence?.rows ?? [];
    const other = { marketoGUID: 'other', oldValue: null, newValue: 'Sales', source: 'Lead update' };
    pair.world.hand(
      pair.person,
      withRows(event, (rows) => [
        ...rows,
        ...(ours ? [{ ...ours, ...other, activityId: ours.activityId + 1 }] : []),
      ]),
    );
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('is agreed when the feed is known to be read past it, and not before', () => {
    const pair = edited();
    const { world, person } = pair;
    const early = withRows(world.marketo.change(person, 'LIVE'), () => []);
    world.carryOut();
    expect(seenOf(pair)).toMatchObject({ value: 'Director', unconfirmed: true });
    expect(isAgreed(pair)).toBe(false);

    const late = withRows(world.marketo.change(person, 'LIVE'), () => []);
    for (const event of [
      { ...late, evidence: early.evidence },
      { ...late, evidence: null },
      { ...late, lane: 'BACKFILL' as const },
    ]) {
      world.hand(person, event);
      expect(seenOf(pair)).toMatchObject({ value: 'Director', unconfirmed: true });
      expect(isAgreed(pair)).toBe(false);
    }
    world.readMarketo(person);

    expect(seenOf(pair)).toMatchObject({ value: 'Director' });
    expect(seenOf(pair)).not.toHaveProperty('unconfirmed');
    expect(isAgreed(pair)).toBe(true);
  });

  it('is agreed when the feed tells of it, in either lane', () => {
    const pair = edited();
    pair.world.carryOut();
    pair.world.hand(pair.person, {
      ...pair.world.marketo.change(pair.person, 'BACKFILL'),
      evidence: withRows(pair.world.marketo.change(pair.person, 'LIVE'), () => []).evidence,
    });
    expect(isAgreed(pair)).toBe(false);

    const again = edited();
    again.world.carryOut();
    again.world.readMarketo(again.person, 'BACKFILL');
    expect(isAgreed(again)).toBe(true);
    expect(seenOf(again)).not.toHaveProperty('unconfirmed');
  });

  it('is told of one after the other: the feed does not tell of one again', () => {
    const pair = edited();
    const { world, row, person } = pair;
    world.carryOut();
    for (const jobtitle of ['Captain', 'President']) {
      world.dynamics.edit(row, { jobtitle });
      world.readDynamics(row);
      world.carryOut();
    }
    const open = { value: 'President', at: expect.anything(), unconfirmed: true };
    expect(seenOf(pair)).toEqual({ ...open, written: ['Director', 'Captain'] });

    const event = { ...world.marketo.change(person, 'BACKFILL') };
    const tell = (index: number) =>
      world.hand(person, {
        ...withRows(event, (rows) => rows.slice(index).slice(0, 1)),
        page: world.marketo.nextNumber(),
      });
    tell(-3);
    expect(seenOf(pair)).toEqual({ ...open, written: ['Captain'] });
    tell(-2);
    expect(seenOf(pair)).toMatchObject(open);
    expect(seenOf(pair)?.written ?? []).toEqual([]);
    expect(isAgreed(pair)).toBe(false);

    tell(-1);
    expect(seenOf(pair)).toEqual({ value: 'President', at: expect.anything() });
    expect(isAgreed(pair)).toBe(true);
  });

  it('of the value before leaves no step of its own: the first of both is told, and one may be told yet', () => {
    const pair = edited('President');
    const { world, row, person } = pair;
    world.carryOut();
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row, 'BACKFILL');
    world.dynamics.edit(row, { address1_city: 'Lyon' });
    world.readDynamics(row);
    const feedNumber = world.marketo.nextNumber();
    world.carryOut();
    const untold = { value: 'Director', at: expect.anything(), unconfirmed: true };
    expect(seenOf(pair)).toEqual({ ...untold, written: ['President', 'Director'] });
    expect(seenOf(pair, 'city')).toEqual({ value: 'Lyon', at: expect.anything(), unconfirmed: true });

    const event = world.marketo.change(person, 'LIVE');
    const rows = event.evidence?.rows.filter(({ field }) => field === 'title') ?? [];
    world.hand(person, { ...event, evidence: { feedNumber, rows } });

    expect(seenOf(pair)).toEqual({ value: 'Director', at: event.page, written: ['Director'] });
    expect(isAgreed(pair)).toBe(true);
  });
});

describe('evidence', () => {
  it('is decided once, whatever brings it again', () => {
    const pair = edited('Director', 'contact');
    const { world, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    const event = world.marketo.change(person, 'LIVE');
    world.hand(person, event);
    world.settle();
    expect(conflictsOf(world)).toHaveLength(1);

    const fields = world.marketo.fields(person);
    world.hand(person, { ...event, fields: fields && { ...fields }, page: world.marketo.nextNumber() });
    world.settle();

    expect(conflictsOf(world)).toHaveLength(1);
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    const { decidedEvidence = [] } = world.record(`marketo/person/${person}`).rows[1] ?? {};
    expect(decidedEvidence).toEqual([...new Set(decidedEvidence)]);
    for (const { marketoGUID } of event.evidence?.rows ?? []) expect(decidedEvidence).toContain(marketoGUID);
  });

  it.each([
    ['with the rows that are remembered', 300],
    ['without any of them', 150],
  ])('of more edits than a page of the feed holds is decided once too, told again %s', (_name, count) => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    for (let edit = 0; edit < 310; edit += 1) world.marketo.write(person, { title: `Architect ${edit}` });
    const event = world.marketo.change(person, 'LIVE');
    world.hand(person, event);
    world.settle();
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut();

    const fields = world.marketo.fields(person);
    const told = world.marketo.change(person, 'LIVE').evidence?.rows ?? [];
    const again = withRows(event, (rows) => [...rows.slice(0, count), ...told]);
    world.hand(person, { ...again, fields: fields && { ...fields }, page: world.marketo.nextNumber() });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it.each(['$1,234.50', '1,234.50', 'a lot'])(
    'that cannot be read is none, and the state is judged: %s',
    (shown) => {
      const pair = linkedPair('lead', { jobtitle: 'Engineer' });
      const { world, person } = pair;
      world.marketo.write(person, { annualRevenue: 1234.5, title: 'Weaver' });
      const event = world.marketo.change(person, 'LIVE');

      world.hand(
        person,
        withRows(event, (rows) =>
          rows.map((item) => (item.field === 'annualRevenue' ? { ...item, newValue: shown } : item)),
        ),
      );
      world.settle();

      expect(values(pair, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
      expect(values(pair, 'annualRevenue').map(String)).toEqual(['1234.5', '1234.5', '1234.5']);
    },
  );

  it('is read in the order of its activities', () => {
    const pair = edited();
    const { world, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.marketo.write(person, { title: 'Weaver' });
    world.carryOut();
    world.hand(
      person,
      withRows(world.marketo.change(person, 'LIVE'), (rows) => rows.toReversed()),
    );
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(world)).toMatchObject([{ winnerValue: 'Weaver', loserValue: 'Director' }]);
  });
});

describe('a read without the feed', () => {
  it('shows what it shows, and nothing of what it leaves out', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, person } = pair;
    const { fields, ...event } = world.marketo.change(person, 'LIVE');
    const { title: _, ...others } = fields ?? {};
    const before = world.record(`marketo/person/${person}`).rows[1]?.decidedEvidence;
    const { record } = world.hand(person, {
      ...event,
      evidence: null,
      fields: { ...others, city: 'Nantes' },
    });

    expect(values(pair, 'jobTitle')[1]).toBe('Engineer');
    expect(values(pair, 'city')[1]).toBe('Nantes');
    expect(record.rows[1]?.decidedEvidence).toHaveLength(before?.length ?? 0);
  });
});

describe('a state that the feed does not explain', () => {
  /** Our write is on its way, and somebody has edited the field; the feed is behind. */
  function unexplained(change: (event: ChangeEvent) => ChangeEvent) {
    const pair = edited();
    const { world, person } = pair;
    world.carryOut({ loseAnswers: true });
    world.marketo.write(person, { title: 'Weaver' });
    world.hand(person, change(withRows(world.marketo.change(person, 'LIVE'), () => [])));
    return pair;
  }

  it('waits for the feed while a write of ours is on its way', () => {
    const pair = unexplained((event) => event);

    expect(seenOf(pair)?.value).toBe('Engineer');
    expect(values(pair, 'jobTitle')[1]).toBe('Director');
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('is judged at once where there is no feed to wait for', () => {
    const pair = unexplained((event) => ({ ...event, evidence: null }));

    expect(seenOf(pair)?.value).toBe('Weaver');
    expect(values(pair, 'jobTitle')[1]).toBe('Weaver');
    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: 'Weaver', loserValue: 'Director' }]);
  });

  it('is an edit where nothing of ours is on its way', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    pair.world.marketo.write(pair.person, { title: 'Weaver' });
    pair.world.hand(
      pair.person,
      withRows(pair.world.marketo.change(pair.person, 'LIVE'), () => []),
    );

    expect(values(pair, 'jobTitle')[1]).toBe('Weaver');
  });
});

describe('a person that was deleted in Marketo', () => {
  const deleted = () => {
    const { world, person, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    const before = world.marketo.change(person, 'LIVE');
    world.marketo.remove(person);
    const gone = world.marketo.change(person, 'LIVE');
    world.hand(person, gone);
    const person1 = () => world.record(`dynamics/lead/${row}`).rows[1];
    return { world, person, before, gone, person1 };
  };

  it('is not revived by what was read before, nor deleted twice', () => {
    const { world, person, before, gone, person1 } = deleted();

    expect(world.hand(person, before)).toMatchObject({ nothing: 'stale', dirty: false });
    expect(world.hand(person, gone)).toMatchObject({ nothing: 'stale', dirty: false });
    expect(person1()).toMatchObject({ deletedAt: gone.page, missing: false });
    expect(person1()).not.toHaveProperty('mergedInto');
  });

  it('is not revived by what was read between the answer that told of it and its delete', () => {
    const { world, person, before, gone, person1 } = deleted();
    const [between, later] = [world.marketo.nextNumber(), world.marketo.nextNumber()];

    expect(world.hand(person, { ...gone, page: later })).toMatchObject({ nothing: null, goldenEvent: null });
    expect(world.hand(person, { ...before, page: between })).toMatchObject({
      nothing: 'stale',
      dirty: false,
    });
    expect(person1()?.deletedAt).toEqual(later);
  });

  it('is there again when it is read later', () => {
    const { world, person, before, person1 } = deleted();
    const page = world.marketo.nextNumber();
    world.hand(person, { ...before, page });

    expect(person1()).toMatchObject({ deletedAt: null, page, active: true });
  });

  it('names the person that it was merged into', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const winner = world.marketo.create({});
    world.marketo.merge(winner, person);

    const { record } = world.readMarketo(person);
    expect(record.rows[1]).toMatchObject({ mergedInto: winner });
    expect(record.rows[1]?.deletedAt).not.toBeNull();
  });

  it('keeps the number that was last', () => {
    const { world, person, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    const early = world.marketo.change(person, 'LIVE');
    const late = world.marketo.change(person, 'LIVE');
    world.hand(person, late);
    world.hand(person, early);

    expect(world.record(`dynamics/lead/${row}`).rows[1]?.page).toEqual(late.page);
  });
});
