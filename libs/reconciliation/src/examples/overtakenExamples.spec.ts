import type { DeliveryOutcome, EvidenceRow, InboxMessage, Lane, WriteCommand } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values, type Pair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about commands that were overtaken, or never answered, and carried out. */

/** The command with a job title waits in the backfill lane, and one with the same title and a city overtakes it. */
function overtaken(): Pair {
  const pair = linkedPair('lead', { jobtitle: 'Engineer' });
  const { world, row } = pair;
  world.dynamics.edit(row, { jobtitle: 'Director' });
  world.readDynamics(row, 'BACKFILL');
  world.dynamics.edit(row, { address1_city: 'Lyon' });
  world.readDynamics(row);
  return pair;
}

/** The command with a job title is carried out, and one with a city overtakes it, since Dynamics is back to the former title. */
function carriedOut(): Pair {
  const pair = linkedPair('lead', { jobtitle: 'Engineer' });
  const { world, row, person } = pair;
  world.dynamics.edit(row, { jobtitle: 'Director' });
  world.readDynamics(row, 'BACKFILL');
  world.marketo.write(person, { title: 'Director' });
  world.dynamics.edit(row, { jobtitle: 'Engineer', address1_city: 'Lyon' });
  world.readDynamics(row);
  return pair;
}

describe('a command that another one overtook', () => {
  it('is not taken for that one, which ran over an edit between the two, when the feed tells of it first', () => {
    const pair = overtaken();
    const { world, person } = pair;
    world.marketo.write(person, { title: 'Director' });
    world.marketo.write(person, { title: 'Weaver' });
    const feedNumber = world.marketo.nextNumber();
    world.carryOut();

    const event = world.marketo.change(person, 'LIVE');
    const rows = event.evidence?.rows ?? [];
    world.hand(person, { ...event, evidence: { feedNumber, rows: rows.slice(0, 1) } });
    const rest = event.evidence && { ...event.evidence, rows: rows.slice(1) };
    world.hand(person, { ...event, page: world.marketo.nextNumber(), evidence: rest });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
  });

  it('is forgotten when the feed was read past both', () => {
    const pair = overtaken();
    const { world, person, row } = pair;
    world.carryOut();
    const seen = () => world.record(`dynamics/lead/${row}`).rows[1]?.seen['jobTitle'];
    expect(seen()).toMatchObject({ unconfirmed: true, written: ['Director'] });
    world.readMarketo(person);

    expect(seen()).toEqual({ value: 'Director', at: expect.anything() });
    expect(world.record(`dynamics/lead/${row}`).fields['jobTitle']?.agreed).toBe(true);
  });

  it('is no edit where it was carried out, and the one that overtook it says nothing of its field any more', () => {
    const pair = carriedOut();
    const { world, person } = pair;
    expect(world.state.open.at(-1)).toMatchObject({ command: { fields: { city: 'Lyon' } } });
    world.settle();
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it.each(['in the feed', 'in a read', 'in an answer'])(
    'is no edit where it was carried out, and shows %s before the feed tells of it',
    (where) => {
      const pair = carriedOut();
      const { world, person } = pair;
      const open = world.state.open.at(-1);
      if (open?.to !== 'marketo') throw new Error('no command is planned');
      world.carryOut();
      const event = world.marketo.change(person, 'LIVE');
      const evidence = { feedNumber: { epoch: 1, number: 0 }, rows: [] };
      const state = world.marketo.fields(person);
      if (where === 'in an answer')
        world.handAnswer(answerTo(world, open.command, { result: 'READ', personId: person, state }));
      else world.hand(person, { ...event, evidence: where === 'in the feed' ? evidence : null });
      world.settle();
      world.readMarketo(person);
      world.settle();

      expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
      expect(conflictsOf(world)).toEqual([]);
    },
  );

  it('made the person, whose edit to a blank is one of what that was made with', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1', 'BACKFILL');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is to be created');
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    world.readDynamics('lead-1');
    const person = world.marketo.create({ ...creation.command.fields, lockstepId: creation.goldenId });
    world.marketo.write(person, { title: null });
    world.carryOut();
    world.settle();

    expect(values({ world, row: 'lead-1', person }, 'jobTitle')).toEqual([null, null, null]);
    expect(conflictsOf(world)).toMatchObject([{ winnerValue: null, loserValue: 'Director' }]);
  });

  it('made the person, and is answered when the feed has told of the other one, which is no edit of that', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1', 'BACKFILL');
    const creation = nextCommand(world);
    const person = world.marketo.create({ ...creation.fields, lockstepId: creation.goldenId });
    const made = answerTo(world, creation, { result: 'CREATED', personId: person });
    world.readMarketo(person);
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    world.readDynamics('lead-1');
    const update = nextCommand(world);
    world.marketo.write(person, update.fields);
    const updated = answerTo(world, update, { result: 'UPDATED', personId: person });
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    world.readMarketo(person);
    for (const answer of [updated, made]) world.handAnswer(answer);
    world.settle();

    const pair = { world, row: 'lead-1', person };
    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(conflictsOf(world)).toEqual([]);
  });
});

/** The command to Marketo that is planned next, which the example carries out itself. */
function nextCommand({ state }: World): WriteCommand {
  const [write] = state.open.splice(0);
  if (write?.to !== 'marketo') throw new Error('nothing is to be written to Marketo');

  return write.command;
}

/** An answer that is given now. */
function answerTo(
  { marketo }: World,
  { commandId, goldenId, revision, lane, fields }: WriteCommand,
  what: Pick<DeliveryOutcome, 'result' | 'personId'> & Partial<DeliveryOutcome>,
): InboxMessage {
  const nothing = { state: null, sent: null, code: null, field: null, detail: null, retryAt: null };
  const about = { commandId, goldenId, revision, lane, accepted: fields, answered: marketo.nextNumber() };

  return {
    ...{ kind: 'outcome', goldenId },
    outcome: { ...about, ...nothing, ...what, at: '2026-11-22T10:00:00Z' },
  };
}

/** A lead is read, and its person made; nobody has answered for it. */
function unanswered(lane: Lane) {
  const world = createWorld();
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
  world.readDynamics('lead-1', lane);
  const [creation] = world.state.open.splice(0);
  if (creation?.to !== 'marketo') throw new Error('nobody is to be created');
  const person = world.marketo.create({ ...creation.command.fields, lockstepId: creation.goldenId });
  return { world, creation, person };
}

describe('a creation that nobody answered', () => {
  it('is known to have made the person, whose edit since is none of a stranger', () => {
    const world = createWorld();
    world.dynamics.insert('contact', 'contact-1', { lastname: 'Byron' });
    world.readDynamics('contact-1');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is to be created');
    const person = world.marketo.create(creation.command.fields);
    world.marketo.write(person, { title: 'Weaver' });
    world.wakeUp(121_000);
    world.carryOut();
    world.settle();

    expect(values({ world, row: 'contact-1', person }, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(world)).toEqual([]);
    const told = world.state.decisions.flatMap(({ commands }) => commands);
    expect(told.filter(({ operation, fields }) => operation === 'UPDATE' && 'title' in fields)).toEqual([]);
  });

  it.each([
    ['that nobody has read', []],
    ['that was read', ['read']],
    ['that was read, and edited in Dynamics since', ['read', 'edited']],
  ])('is not undone by an edit of somebody who was merged into its person, %s', (_what, steps) => {
    const isEdited = steps.includes('edited');
    const { world, person } = unanswered(isEdited ? 'BACKFILL' : 'LIVE');
    if (!isEdited) world.wakeUp(121_000);
    const tell = (rows: readonly EvidenceRow[]) =>
      world.hand(person, {
        ...world.marketo.change(person, 'LIVE'),
        evidence: { feedNumber: { epoch: 1, number: 0 }, rows },
      });
    if (steps.includes('read')) tell([]);
    world.dynamics.edit('lead-1', { address1_city: 'Lyon' });
    if (isEdited) world.readDynamics('lead-1');
    tell([ofLoser]);
    world.settle();

    expect(values({ world, row: 'lead-1', person }, 'jobTitle')).toEqual([
      'Engineer',
      'Engineer',
      'Engineer',
    ]);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('says nothing of what its person holds once it is answered: an edit that a later write ran over is put back', () => {
    const { world, creation, person } = unanswered('BACKFILL');
    world.readMarketo(person);
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    world.readDynamics('lead-1');
    world.handAnswer(answerTo(world, creation.command, { result: 'CREATED', personId: person }));
    for (const title of ['Weaver', 'Director']) world.marketo.write(person, { title });
    const event = world.marketo.change(person, 'LIVE');
    const [edit, ...ours] = event.evidence?.rows ?? [];
    if (!edit) throw new Error('the feed tells of no edit');
    for (const rows of [[], [edit], ours])
      world.hand(person, {
        ...event,
        page: world.marketo.nextNumber(),
        evidence: { feedNumber: { epoch: 1, number: 0 }, rows },
      });
    world.settle();

    expect(values({ world, row: 'lead-1', person }, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
  });
});

/** Somebody gave another person a title, who became part of the one that is being made. */
const ofLoser: EvidenceRow = {
  ...{ activityId: 7, marketoGUID: 'other', activityType: 13, activityDate: '2026-11-21T10:00:00Z' },
  ...{ field: 'title', oldValue: null, newValue: 'Sales', source: 'Lead update' },
};

describe('a command that nobody answered', () => {
  it.each([true, false])('does not hide an edit that it ran over (told before it is read: %s)', (isTold) => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { telephone1: null });
    world.readDynamics(row);
    world.marketo.write(person, { phone: '9' });
    world.readMarketo(person);
    world.marketo.write(person, { phone: null });
    world.state.open.splice(0);
    world.wakeUp(121_000);
    if (isTold) world.readMarketo(person);
    world.settle();

    expect(values(pair, 'phone')).toEqual(['9', '9', '9']);
  });
});
