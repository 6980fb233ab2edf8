import type { InboxMessage, WriteCommand } from '@lockstep/change-events';
import { createWorld, type World } from './exampleWorld.ts';
import { answerTo } from './exampleWrites.ts';

/** The worked examples of docs/conflict-resolution.md about a person that was made, as Marketo answers late or in part. */

/** The command that is planned last; it is not carried out by itself any more. */
function take({ state }: World): WriteCommand {
  const write = state.open.pop();
  if (write?.to !== 'marketo') throw new Error('no command is planned');
  return write.command;
}

/** A lead is read, and a person is to be made for it in the backfill lane. */
function planned(): { readonly world: World; readonly creation: WriteCommand } {
  const world = createWorld();
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
  world.readDynamics('lead-1', 'BACKFILL');
  return { world, creation: take(world) };
}

/** Marketo has made the person, which was read, and then edited in Dynamics; the creation is not answered. */
function overtaken() {
  const { world, creation } = planned();
  const person = world.marketo.create({ ...creation.fields, lockstepId: creation.goldenId });
  const late = answerTo(creation, { personId: person, answered: world.marketo.nextNumber() });
  world.readMarketo(person);
  world.dynamics.edit('lead-1', { jobtitle: 'Director' });
  world.readDynamics('lead-1');
  return { world, late };
}

const titleOf = (world: World) => world.record('dynamics/lead/lead-1').rows[1]?.seen['jobTitle'];

describe('a person that was made', () => {
  it('is agreed with its row at once: the feed tells nothing of what it was made with', () => {
    const { world, creation } = planned();
    const answered = world.marketo.nextNumber();
    const { record } = world.handAnswer(answerTo(creation, { personId: '17', answered }));

    expect(titleOf(world)).toEqual({ value: 'Engineer', at: answered });
    expect(record.fields['jobTitle']).toMatchObject({ agreed: true, base: 'Engineer' });
  });

  it.each([{ personId: null }, { answered: null }])('is not known by an answer with %j', (lack) => {
    const { world, creation } = planned();
    const told = { personId: '17', answered: world.marketo.nextNumber() };

    expect(world.handAnswer(answerTo(creation, { ...told, ...lack })).record.rows).toHaveLength(1);
  });

  it('is known as a person that was read by an answer without its number too', () => {
    const { world, late } = overtaken();
    const answer = late as Extract<InboxMessage, { kind: 'outcome' }>;
    const before = titleOf(world);
    world.handAnswer({ ...answer, outcome: { ...answer.outcome, answered: null } });

    expect(titleOf(world)).toEqual(before);
  });

  it('is not agreed about what was written since, though its creation is answered last', () => {
    const { world, late } = overtaken();
    world.carryOut();
    expect(titleOf(world)).toMatchObject({ value: 'Director', unconfirmed: true });
    world.handAnswer(late);

    expect(titleOf(world)).toMatchObject({ value: 'Director', unconfirmed: true });
    expect(world.record('dynamics/lead/lead-1').fields['jobTitle']).toMatchObject({ agreed: false });
  });

  it('may still get what a command carried that was overtaken too', () => {
    const { world, late } = overtaken();
    take(world);
    world.wakeUp(120_000);
    const { record } = world.handAnswer(late);

    expect(record.outbox).toMatchObject([
      { command: { operation: 'UPDATE' }, overtaken: [{ title: 'Director' }] },
    ]);
    expect(record.outbox[0]).not.toHaveProperty('overtaken.1');
  });
});
