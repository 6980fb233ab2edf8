import type { DynamicsOutcome, InboxMessage } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values, writesTo, type Pair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';
import type { DynamicsEntry } from '../outbox.ts';

/** The worked examples of docs/conflict-resolution.md about what Dynamics answers to a write. */

type Asked = Pair & { readonly entry: DynamicsEntry };

/** The write to Dynamics that is planned last. */
function entryOf({ state }: World): DynamicsEntry {
  const write = state.open.findLast(({ to }) => to === 'dynamics');
  if (write?.to !== 'dynamics') throw new Error('no write is planned');
  return write.entry;
}

/** Dynamics is asked to change two columns. */
function asked(kind: 'lead' | 'contact' = 'lead'): Asked {
  const pair = linkedPair(kind, { jobtitle: 'Engineer', address1_city: 'Lyon' });
  pair.world.marketo.write(pair.person, { title: 'Architect', city: 'Nantes' });
  pair.world.readMarketo(pair.person);
  return { ...pair, entry: entryOf(pair.world) };
}

const outcomeOf = ({ entryId }: DynamicsEntry, answer: Partial<DynamicsOutcome>): DynamicsOutcome => ({
  ...{ entryId, result: 'WRITTEN', code: null, field: null, detail: null },
  ...answer,
});

/** An answer without the row. */
const say = ({ world, entry }: Asked, answer: Partial<DynamicsOutcome>) =>
  world.handAnswer({ kind: 'refusal', goldenId: 'golden/lead-1', written: outcomeOf(entry, answer) });

/** An answer with the row as it is now. */
const show = ({ world, row, entry }: Asked, answer: Partial<DynamicsOutcome>) => {
  const message: InboxMessage = {
    ...{ kind: 'event', goldenId: 'golden/lead-1', system: 'dynamics', table: 'lead' },
    ...{ event: world.dynamics.representation(row), written: outcomeOf(entry, answer) },
  };
  return world.handAnswer(message);
};

describe('a write that Dynamics refused', () => {
  it.each([
    [{ field: 'jobtitle', code: 'X1', detail: 'too long' }, ['jobTitle'], { code: 'X1', detail: 'too long' }],
    [{ field: 'jobtitle' }, ['jobTitle'], { code: 'DYNAMICS_REFUSED' }],
    [{ code: 'X1' }, ['jobTitle', 'city'], { code: 'X1' }],
    [{ field: 'new_other' }, [], {}],
  ])('with %j parks %j alone', (answer, fields, reason) => {
    const { record } = say(asked(), { result: 'REFUSED', ...answer });
    const [row] = record.rows;
    const parked = row?.parked ?? {};

    expect(Object.keys(parked).sort()).toEqual([...fields].sort());
    for (const one of Object.values(parked)) expect(one).toEqual({ value: one.value, ...reason });
    if (fields.length > 0) expect(parked['jobTitle']?.value).toBe('Architect');
    expect(row?.missing).toBe(false);
  });

  it('parks its values at the row that it was for, not at the one that this took over from', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.remove(row);
    world.settle();
    world.ask(person);
    world.settle();
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Architect' });
    world.settle();
    const rows = world.record(`dynamics/lead/${row}`).rows.filter(({ system }) => system === 'dynamics');

    expect(rows.map(({ active, parked }) => [active, Object.keys(parked)])).toEqual([
      [false, []],
      [true, ['jobTitle']],
    ]);
  });

  it('says nothing when it is not known', () => {
    const story = asked();
    const other = { ...story, entry: { ...story.entry, entryId: 'golden/lead-1/0.1/dynamics' } };

    expect(say(other, { result: 'REFUSED' })).toMatchObject({ nothing: 'no-entry', dirty: false });
  });
});

describe('a row that a write did not find', () => {
  it('is missing, parks nothing, and is written no more until it is seen again', () => {
    const story = asked();
    const { record } = say(story, { result: 'MISSING' });
    expect(record.rows[0]).toMatchObject({ missing: true, deletedAt: null });
    expect(record.rows[0]?.parked).toEqual({});
    story.world.wakeUp(3_600_000);
    story.world.carryOut();
    expect(writesTo(story.world, 'dynamics')).toEqual([]);

    story.world.dynamics.edit(story.row, { jobtitle: 'Director' });
    expect(story.world.readDynamics(story.row).record.rows[0]).toMatchObject({ missing: false });
  });

  it.each(['WRITTEN', 'STALE'] as const)('is not told by %s without the row: nothing is learnt', (result) => {
    const { record } = say(asked(), { result });

    expect(record.rows[0]).toMatchObject({ missing: false, seen: { jobTitle: { value: 'Engineer' } } });
    expect(record.rows[0]?.parked).toEqual({});
  });
});

describe('a write whose guard failed', () => {
  /** The row was edited since, the job title as given. */
  function moved(columns: Record<string, string>): Asked {
    const story = asked();
    story.world.dynamics.edit(story.row, columns);
    return story;
  }

  it('is made again where its answer was lost and the row shows what was there before, which is kept', () => {
    const decision = show(moved({ address1_city: 'Paris' }), {
      result: 'STALE',
      code: 'DYNAMICS_UNREACHABLE',
    });

    expect(decision.conflicts).toContainEqual({
      ...{ field: 'jobTitle', winner: 'marketo', winnerValue: 'Architect', loserValue: 'Engineer' },
      ...{ rule: 'outcome-unknown', at: '2026-11-22T10:00:00.000Z', decision: '1.5/jobTitle' },
      ...{ loser: 'dynamics', loserChangedAt: null },
      ...{ winnerChangedAt: '2026-11-22T10:00:00Z', winnerEventId: 'marketo/1001/6' },
    });
    expect(decision.conflicts.filter(({ rule }) => rule === 'outcome-unknown')).toHaveLength(1);
    expect(decision.dynamicsWrites[0]).toMatchObject({ columns: { jobtitle: 'Architect' } });
  });

  it('is simply made again where it is known not to have been made', () => {
    const { conflicts, dynamicsWrites } = show(moved({ address1_line1: 'Rue 1' }), { result: 'STALE' });

    expect(conflicts).toEqual([]);
    expect(dynamicsWrites[0]).toMatchObject({
      columns: { jobtitle: 'Architect', address1_city: 'Nantes' },
    });
  });

  it.each([true, false])(
    'is none of ours where the row shows its value all the same (in a page: %s)',
    (isPaged) => {
      const story = asked('contact');
      story.world.dynamics.edit(story.row, { jobtitle: 'Architect' });
      if (isPaged) story.world.readDynamics(story.row);
      story.world.marketo.write(story.person, { title: 'President' });
      story.world.readMarketo(story.person);
      story.world.settle();

      expect(values(story, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
      expect(conflictsOf(story.world)).toContainEqual(
        expect.objectContaining({ winner: 'dynamics', winnerValue: 'Architect', loserValue: 'President' }),
      );
    },
  );

  it.each([
    ['in a page', true],
    ['by the lost answer alone', false],
  ])('is none of ours where the row has moved on, and then shows its value %s', (_, isPaged) => {
    const story = asked('contact');
    const { world, row } = story;
    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.readDynamics(row);
    world.dynamics.edit(row, { jobtitle: 'Architect' });
    if (isPaged) world.readDynamics(row);
    const { goldenId } = world.record(`dynamics/contact/${row}`);
    const written = outcomeOf(story.entry, { result: 'STALE', code: 'DYNAMICS_UNREACHABLE' });
    const event = world.dynamics.representation(row);
    world.handAnswer({ kind: 'event', goldenId, system: 'dynamics', table: 'contact', event, written });
    world.settle();

    expect(values(story, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });

  it.each([
    ['in a page too', 'DYNAMICS_UNREACHABLE', 0, true],
    ['by the answer alone', 'DYNAMICS_UNREACHABLE', 0, false],
    ['by the answer to a second try', null, 1, false],
    ['in a page and by the answer to a second try', null, 1, true],
  ])('was made all the same where its values are shown %s, and is no edit', (_, code, tries, isPaged) => {
    const story = asked('contact');
    const { world, row, person } = story;
    for (let index = 0; index < tries; index += 1) world.wakeUp(15_000);
    world.dynamics.edit(row, { jobtitle: 'Architect', address1_city: 'Nantes' });
    if (isPaged) world.readDynamics(row);
    world.marketo.write(person, { title: 'President' });
    world.readMarketo(person);
    const { goldenId } = world.record(`dynamics/contact/${row}`);
    const written = outcomeOf(story.entry, { result: 'STALE', code });
    const event = world.dynamics.representation(row);
    world.handAnswer({ kind: 'event', goldenId, system: 'dynamics', table: 'contact', event, written });
    world.settle();

    expect(values(story, 'jobTitle')).toEqual(['President', 'President', 'President']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('says nothing of a column that the row does not show', () => {
    const story = moved({ address1_city: 'Paris' });
    const { fields, ...event } = story.world.dynamics.representation(story.row);
    const { jobtitle: _, ...shown } = fields ?? {};
    const { record } = story.world.handAnswer({
      ...{ kind: 'event', goldenId: 'golden/lead-1', system: 'dynamics', table: 'lead' },
      ...{ event: { ...event, fields: shown }, written: outcomeOf(story.entry, { result: 'STALE' }) },
    });

    expect(record.rows[0]?.seen).toMatchObject({ jobTitle: { value: 'Engineer' }, city: { value: 'Paris' } });
  });

  it.each([null, 'DYNAMICS_UNREACHABLE'])('changes nothing where the row shows its values (%s)', (code) => {
    const story = moved({ jobtitle: 'Architect', address1_city: 'Nantes' });
    const { conflicts, dynamicsWrites, record } = show(story, { result: 'STALE', code });

    expect(conflicts).toEqual([]);
    expect(dynamicsWrites).toEqual([]);
    expect(record.rows[0]?.seen['jobTitle']).toEqual({ value: 'Architect', at: record.rows[0]?.version });
  });
});

describe('what an event of a row shows', () => {
  it('is stale at a version that is known, and keeps the page that was last', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    const early = world.dynamics.change(row, 'LIVE');
    world.dynamics.edit(row, { jobtitle: 'Director' });
    const late = world.dynamics.change(row, 'LIVE');
    expect(world.handRow(row, late).record.rows[0]?.page).toEqual(late.page);

    expect(world.handRow(row, early)).toMatchObject({ nothing: 'stale', dirty: false });
    expect(world.handRow(row, { ...late, page: { epoch: 1, number: 99 } })).toMatchObject({
      nothing: 'stale',
    });
    world.dynamics.edit(row, { jobtitle: 'President' });
    const { record } = world.handRow(row, { ...world.dynamics.change(row, 'LIVE'), page: early.page });
    expect(record.rows[0]).toMatchObject({ page: late.page, seen: { jobTitle: { value: 'President' } } });
  });

  it('of its deletion outranks every page before it, and only a later one revives it', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    const early = world.dynamics.change(row, 'LIVE');
    const seen = world.dynamics.change(row, 'LIVE');
    world.dynamics.remove(row);
    const gone = world.dynamics.change(row, 'LIVE');
    world.handRow(row, gone);

    expect(world.record(`dynamics/lead/${row}`).rows[0]).toMatchObject({
      deletedAt: gone.page,
      page: gone.page,
    });
    expect(world.handRow(row, { ...seen, version: { epoch: 1, number: 999 } })).toMatchObject({
      nothing: 'stale',
    });
    expect(world.handRow(row, gone)).toMatchObject({ nothing: 'stale', dirty: false });
    const later = { ...early, page: { epoch: 1, number: 999 }, version: { epoch: 1, number: 999 } };
    expect(world.handRow(row, later).record.rows[0]).toMatchObject({ deletedAt: null });
    expect(world.handRow(row, gone)).toMatchObject({ nothing: 'stale' });
  });

  it('of its deletion gives up what is on its way to it, and nothing else', () => {
    const story = asked();
    const { world, row } = story;
    world.dynamics.edit(row, { address1_line1: 'Rue 1' });
    world.readDynamics(row);
    const kinds = () => world.record(`dynamics/lead/${row}`).outbox.map(({ kind }) => kind);
    expect(kinds()).toEqual(expect.arrayContaining(['dynamics-write', 'marketo-write']));
    world.dynamics.remove(row);
    world.readDynamics(row);

    expect(kinds()).not.toContain('dynamics-write');
    expect(kinds()).toContain('marketo-write');
    expect(world.record(`dynamics/lead/${row}`).rows[0]?.inFlight).toEqual({});
  });

  it('is mirrored in the fields that name the row, by a rule of their own', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', {});
    const { record } = world.readDynamics('lead-1');
    const mirrored = (value: string | boolean) => ({ value, source: 'dynamics', rule: 'mirror' });

    expect(record.fields).toMatchObject({
      lockstepId: mirrored('golden/lead-1'),
      crmId: mirrored('lead-1'),
      crmType: mirrored('Lead'),
      crmIsDeleted: mirrored(false),
    });
  });
});
