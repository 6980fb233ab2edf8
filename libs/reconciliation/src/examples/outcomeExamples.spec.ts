import type { DeliveryOutcome, InboxMessage, WriteCommand } from '@lockstep/change-events';
import { createEntityStory } from './exampleEntities.ts';
import { linkedPair, values, type Pair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about what Marketo answers to a command. */

const answerTo = (command: WriteCommand, answer: Partial<DeliveryOutcome>): InboxMessage => {
  const { commandId, goldenId, revision, personId, lane } = command;
  const nothing = { accepted: null, state: null, sent: null, answered: null, code: null, field: null };
  const empty = { ...nothing, detail: null, retryAt: null, at: '2026-11-22T10:00:00Z' };
  return {
    ...{ kind: 'outcome', goldenId },
    outcome: { commandId, goldenId, revision, personId, lane, ...empty, result: 'UPDATED', ...answer },
  };
};

/** The command that is planned last. */
function commandOf({ state }: World): WriteCommand {
  const write = state.open.findLast(({ to }) => to === 'marketo');
  if (write?.to !== 'marketo') throw new Error('no command is planned');
  return write.command;
}

type Asked = Pair & { readonly command: WriteCommand };

/** Marketo is asked to change the job title of a lead's person. */
function asked(): Asked {
  const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
  pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
  pair.world.readDynamics(pair.row);
  return { ...pair, command: commandOf(pair.world) };
}

const say = ({ world, command }: Asked, answer: Partial<DeliveryOutcome>) =>
  world.handAnswer(answerTo(command, answer));
const number = (world: World) => world.marketo.nextNumber();
const openOf = ({ outbox }: ReturnType<World['record']>) =>
  outbox.filter(({ kind }) => kind === 'marketo-write');
const nowMs = Date.parse('2026-11-22T10:00:00Z');
const hourMs = 3_600_000;

describe('a command that is answered', () => {
  it.each([
    [{ personId: null }, 'Engineer'],
    [{ answered: null }, 'Engineer'],
    [{ accepted: null }, 'Engineer'],
    [{}, 'Director'],
  ])('as carried out with %j leaves the title known as %s, and is over', (lack, title) => {
    const story = asked();
    const told = { accepted: { title: 'Director' }, answered: number(story.world) };
    const { record } = say(story, { result: 'UPDATED', ...told, ...lack });

    expect(record.rows[1]?.seen['jobTitle']).toMatchObject({ value: title });
    expect(record.rows).toHaveLength(2);
    expect(openOf(record).map(({ entryId }) => entryId)).not.toContain(story.command.commandId);
  });

  it.each([
    [{ personId: null }, 'Lyon'],
    [{ answered: null }, 'Lyon'],
    [{ state: null }, 'Lyon'],
    [{}, 'Nantes'],
  ])('with the state of its person, %j, leaves the city as %s', (lack, city) => {
    const story = asked();
    const told = { state: { city: 'Nantes' }, answered: number(story.world) };

    for (const result of ['FOUND', 'READ'] as const) {
      const { record } = say(story, { result, ...told, ...lack });
      expect(record.fields['city']?.value).toBe(city);
      expect(record.rows).toHaveLength(2);
    }
  });

  it('as one of several persons waits for somebody to decide', () => {
    const world = createWorld({ matchByEmail: true });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    const told = { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS', detail: 'two' } as const;
    const { record, commands } = world.handAnswer(answerTo(commandOf(world), told));

    expect(record.waiting).toEqual({
      ...{ cause: 'review', code: 'MARKETO_AMBIGUOUS', dueAtMs: nowMs + hourMs, detail: 'two' },
    });
    expect(commands).toEqual([]);
    world.state.open.length = 0;
    world.wakeUp(hourMs);
    expect(commandOf(world)).toMatchObject({ operation: 'CREATE' });
  });

  it.each(['MERGED', 'SUPERSEDED'] as const)('as %s changes nothing', (result) => {
    expect(say(asked(), { result })).toMatchObject({ nothing: 'superseded', dirty: false });
  });

  it('with a refusal of everything waits an hour, with the code and what Marketo said', () => {
    const told = say(asked(), { result: 'REFUSED', code: '1003', detail: 'no' });
    expect(told.record.waiting).toEqual({
      ...{ cause: 'refused', code: '1003', dueAtMs: nowMs + hourMs, detail: 'no' },
    });
    expect(openOf(told.record)).toEqual([]);

    expect(say(asked(), { result: 'REFUSED' }).record.waiting).toMatchObject({ code: 'MARKETO_REFUSED' });
    expect(say(asked(), { result: 'REFUSED', field: 'city' }).record.waiting).not.toBeNull();
  });

  it('with a refusal of one field parks that alone, with its value', () => {
    const { record } = say(asked(), { result: 'REFUSED', field: 'title', code: '1077', detail: 'long' });
    expect(record.rows[1]?.parked).toEqual({ jobTitle: { value: 'Director', code: '1077', detail: 'long' } });
    expect(record.waiting).toBeNull();

    const untold = say(asked(), { result: 'REFUSED', field: 'title' }).record;
    expect(untold.rows[1]?.parked).toEqual({ jobTitle: { value: 'Director', code: 'MARKETO_REFUSED' } });
  });
});

describe('a command whose answer is lost', () => {
  it('stays open until it may be looked at, and counts as unknown from then on', () => {
    const story = asked();
    const retryAt = '2026-11-22T10:05:00Z';
    const due = { dueAtMs: Date.parse(retryAt) };

    expect(openOf(say(story, { result: 'RETRY', retryAt }).record)).toMatchObject([
      { ...due, unknown: false },
    ]);
    expect(openOf(say(story, { result: 'UNKNOWN', retryAt }).record)).toMatchObject([
      { ...due, unknown: true },
    ]);
    expect(openOf(say(story, { result: 'RETRY' }).record)).toMatchObject([{ dueAtMs: nowMs, unknown: true }]);
  });

  it('is not taken for another one that is open', () => {
    const story = asked();
    const other = { ...story, command: { ...story.command, commandId: 'golden/lead-1/0.1/marketo' } };

    expect(say(other, { result: 'UNKNOWN' })).toMatchObject({ nothing: 'no-entry', dirty: false });
    expect(say(other, { result: 'REFUSED', field: 'title' }).record.rows[1]?.parked).toEqual({});
    expect(openOf(story.world.record('dynamics/lead/lead-1'))).toMatchObject([
      { entryId: story.command.commandId, unknown: false },
    ]);
  });
});

describe('a person that a command did not find', () => {
  const missing = () => {
    const story = asked();
    return { story, decision: say(story, { result: 'NOT_FOUND' }) };
  };

  it('is missing, and is looked for in an hour', () => {
    const { decision } = missing();

    expect(decision.record.rows[1]).toMatchObject({ missing: true, deletedAt: null });
    expect(decision.record.waiting).toEqual({
      ...{ cause: 'marketo-missing', code: null, dueAtMs: nowMs + hourMs },
    });
    expect(decision.commands).toEqual([]);
  });

  it('is another one than its own: that says nothing', () => {
    const { record } = say(asked(), { result: 'NOT_FOUND', personId: '9' });

    expect(record.rows[1]).toMatchObject({ missing: false });
    expect(record.waiting).toBeNull();
  });

  it('counts as deleted when it is not found by the read either', () => {
    const { story } = missing();
    story.world.state.open.length = 0;
    story.world.wakeUp(hourMs);
    const read = commandOf(story.world);
    expect(read.operation).toBe('READ');

    const { record } = say({ ...story, command: read }, { result: 'NOT_FOUND' });
    expect(record.rows[1]).toMatchObject({ missing: false, deletedAt: record.rows[1]?.page });
  });

  it('is missing still when another write does not find it', () => {
    const { story } = missing();
    const { record } = say(story, { result: 'NOT_FOUND' });

    expect(record.rows[1]).toMatchObject({ missing: true, deletedAt: null });
  });

  it('is there when a feed or a read shows it, and gets what it should hold', () => {
    const { story } = missing();
    const { record, commands } = story.world.readMarketo(story.person);

    expect(record.rows[1]).toMatchObject({ missing: false });
    expect(record.waiting).toBeNull();
    expect(commands).toMatchObject([{ fields: { title: 'Director' } }]);
  });
});

describe('a person that a command deleted', () => {
  it('tells at last what it held', () => {
    const story = asked();
    const [sent, answered] = [number(story.world), number(story.world)];
    const { record } = say(story, { result: 'DELETED', state: { unsubscribed: true }, sent, answered });

    expect(record.fields['unsubscribed']?.value).toBe(true);
    expect(record.rows[1]).toMatchObject({ deletedAt: answered, inFlight: {} });
    expect(record.rows[1]?.inFlight).toEqual({});

    const again = say(story, { result: 'DELETED', answered: number(story.world) });
    expect(again.record.rows[1]).toMatchObject({ deletedAt: answered });
  });

  it.each([{ personId: null }, { answered: null }])('says nothing with %j', (lack) => {
    const story = asked();
    const told = { result: 'DELETED', answered: number(story.world), ...lack } as const;

    expect(say(story, told).record.rows).toMatchObject([{ deletedAt: null }, { deletedAt: null }]);
  });

  it('says nothing of its fields without the number of the call', () => {
    const story = asked();
    const told = { result: 'DELETED', state: { unsubscribed: true }, answered: number(story.world) } as const;

    expect(say(story, told).record.fields['unsubscribed']?.value).not.toBe(true);
  });
});

describe('a second person of a record', () => {
  const second = () => {
    const story = asked();
    const answered = number(story.world);
    const told = { personId: '2002', accepted: { title: 'Director' }, answered };
    return { story, answered, decision: say(story, { result: 'CREATED', ...told }) };
  };

  it('does not speak, and what it took is remembered', () => {
    const { answered, decision } = second();

    expect(decision.record.rows).toMatchObject([
      { active: true },
      { active: true, deletedAt: null },
      { id: '2002', system: 'marketo', table: 'person', active: false },
    ]);
    expect(decision.record.rows[2]?.seen).toEqual({ jobTitle: { value: 'Director', at: answered } });
    expect(decision.record.fields['jobTitle']?.value).toBe('Director');
  });

  it('speaks when the first one is deleted', () => {
    const { story } = second();
    story.world.marketo.remove(story.person);
    const { record } = story.world.readMarketo(story.person);

    expect(record.rows).toMatchObject([{ active: true }, { active: false }, { id: '2002', active: true }]);
  });

  it('does not speak by being read', () => {
    const { story } = second();
    const event = { ...story.world.marketo.change(story.person, 'LIVE'), recordId: '2002' };
    const { record } = story.world.handAnswer({
      ...{ kind: 'event', goldenId: 'golden/lead-1', system: 'marketo', table: 'person', written: null },
      event: { ...event, fields: { title: 'President' } },
    });

    expect(record.fields['jobTitle']?.value).toBe('Director');
    expect(record.rows[2]).toMatchObject({ active: false });
  });
});

describe('a creation that was answered after an update had overtaken it', () => {
  it('leaves no step in the feed that its values would have to be waited for', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1', 'BACKFILL');
    const creation = commandOf(world);
    const person = world.marketo.create({ ...creation.fields, lockstepId: creation.goldenId });
    const answered = number(world);
    world.readMarketo(person);
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    const { record } = world.readDynamics('lead-1');
    expect(openOf(record)).toMatchObject([{ overtaken: [creation.fields] }]);

    const made = { result: 'CREATED', personId: person, accepted: creation.fields, answered } as const;
    const [update] = openOf(world.handAnswer(answerTo(creation, made)).record);

    expect(update).toMatchObject({ command: { operation: 'UPDATE', fields: { title: 'Director' } } });
    expect(update).not.toHaveProperty('overtaken');
  });
});

describe('an answer that comes after the answer to a later command', () => {
  it('does not make an edit of what that one wrote, though the former value is wanted again', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row, 'BACKFILL');
    const [first] = world.state.open.splice(0);
    if (first?.to !== 'marketo') throw new Error('no command is planned');
    world.marketo.write(person, { title: 'Director' });
    const answered = number(world);
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.readDynamics(row);
    world.carryOut();
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    const accepted = first.command.fields;
    world.handAnswer(answerTo(first.command, { accepted, answered }));
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});

describe('an answer that comes twice', () => {
  const refused = { result: 'REFUSED', code: '1077', personId: null } as const;

  it('says nothing the second time, when it refused a field', () => {
    const story = asked();
    say(story, { ...refused, field: 'title' });

    expect(say(story, { ...refused, field: 'title' })).toMatchObject({ nothing: 'no-entry', dirty: false });
  });

  it.each([refused, { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' } as const])(
    'holds up nothing that was planned since (%j)',
    (answer) => {
      const story = asked();
      const { world, row } = story;
      say(story, answer);
      world.dynamics.edit(row, { jobtitle: 'Captain' });
      world.readDynamics(row);
      world.wakeUp(0);
      world.wish(`dynamics/lead/${row}`, 'release');

      expect(say(story, answer)).toMatchObject({ nothing: 'no-entry', dirty: false });
      world.settle();
      expect(values(story, 'jobTitle')).toEqual(['Captain', 'Captain', 'Captain']);
    },
  );

  it('is known for that, of records beside persons too', () => {
    const story = createEntityStory('opportunity');
    const planned = story.row(1, { name: 'Fleet' });
    story.answer(planned, refused);

    expect(story.answer(planned, refused)).toMatchObject({ nothing: 'no-entry', dirty: false });
  });
});
