import type { InboxMessage } from '@lockstep/change-events';
import { decide } from '../decide.ts';
import { linkedPair } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about a pair that an operator parts. */

const parted = 'golden/parted';

/** Ada's row was matched with the person of somebody else, who has her address. */
function wrongPair() {
  const world = createWorld({ matchByEmail: true });
  const person = world.marketo.create({ email: 'ada@example.com', title: 'Engineer', city: 'Lyon' });
  world.readMarketo(person, 'BACKFILL');
  world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', jobtitle: 'Pilot' });
  world.readDynamics('lead-1', 'BACKFILL');
  world.settle();
  expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', person]);
  const unlink = () => world.wish(`marketo/person/${person}`, 'unlink', parted);
  const others = () => world.marketo.ids().filter((id) => id !== person);
  return { world, person, unlink, others };
}

describe('a pair that an operator unlinks', () => {
  it('becomes two records, each with the values of its side, and nothing is deleted or written to either', () => {
    const { world, person, unlink } = wrongPair();
    const held = [world.marketo.field(person, 'title'), world.dynamics.column('lead-1', 'jobtitle')];

    const decision = unlink();

    expect(decision).toMatchObject({ commands: [], dynamicsWrites: [] });
    world.settle();
    expect(world.record(`marketo/person/${person}`).rows).toMatchObject([{ system: 'marketo', id: person }]);
    expect(world.record('dynamics/lead/lead-1')).toMatchObject({ goldenId: parted, aliasOf: null });
    expect([world.marketo.field(person, 'title'), world.dynamics.column('lead-1', 'jobtitle')]).toEqual(held);
  });

  it.each([
    ['what its person holds, but for an opt-out of the address', 'ada@example.com', true],
    ['what its person holds, an opt-out too where it has no address', null, false],
  ])('keeps %s', (_, emailaddress1, optedOut) => {
    const { world, row } = linkedPair('lead', { emailaddress1, jobtitle: 'Engineer' });
    world.state.withheld.add('marketo');
    world.dynamics.edit(row, { donotbulkemail: true, jobtitle: 'Director' });
    world.readDynamics(row);
    const { record } = world.wish(`dynamics/lead/${row}`, 'unlink', parted);

    expect(record.fields).toMatchObject({
      ...{ jobTitle: { value: 'Engineer' }, unsubscribed: { value: optedOut } },
    });
  });

  it('is told to others, though no value changes', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const { goldenEvent } = world.wish(`dynamics/lead/${row}`, 'unlink', parted);

    expect(goldenEvent?.rows.map(({ id }) => id)).toEqual([person]);
  });

  it('is never joined again, though both have one address: the row gets a person of its own', () => {
    const { world, person, unlink, others } = wrongPair();
    unlink();
    world.settle();

    world.dynamics.edit('lead-1', { jobtitle: 'Captain' });
    world.settle();
    world.wakeUp(86_400_000);
    world.settle();

    expect(others()).toHaveLength(1);
    expect(world.marketo.field(others()[0] ?? '', 'title')).toBe('Captain');
    expect(world.marketo.field(person, 'title')).not.toBe('Captain');
    expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', ...others()]);
  });

  it('is never joined again, also when the row is parted from its next person', () => {
    const { world, person, unlink, others } = wrongPair();
    unlink();
    world.settle();
    const [second = ''] = others();

    world.wish(`marketo/person/${second}`, 'unlink', 'golden/again');
    world.readDynamics('lead-1');
    world.settle();

    const { goldenId, rows } = world.record('dynamics/lead/lead-1');
    expect(goldenId).toBe('golden/again');
    expect(rows.map(({ id }) => id)).toEqual(['lead-1', expect.anything()]);
    for (const former of [person, second]) expect(rows.map(({ id }) => id)).not.toContain(former);
  });

  it.each([
    ['it is told', null],
    ['whom it asked', 'join'],
  ])('makes the person at once where the row was read before it was known to be apart, as %s', (_, asks) => {
    const { world, person, unlink, others } = wrongPair();
    unlink();
    world.state.records.delete(parted);
    world.state.losesForwards = true;
    world.dynamics.edit('lead-1', { jobtitle: 'Captain' });
    const { record, forwards } = world.readDynamics('lead-1');
    expect(record.waiting).toMatchObject({ cause: 'join' });
    world.state.losesForwards = false;

    if (asks === null) world.wish('dynamics/lead/lead-1', 'parted', `marketo/person/${person}`);
    else world.handAnswer(forwards[0] as InboxMessage);
    world.settle();

    expect(others()).toHaveLength(1);
    expect(world.record('dynamics/lead/lead-1')).toMatchObject({ waiting: null });
  });

  it('is none while its person is deleted and another one is being made, who stays the only one', () => {
    const { world, person, others } = wrongPair();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.dynamics.edit('lead-1', { jobtitle: 'Captain' });
    world.readDynamics('lead-1');

    const decision = world.wish('dynamics/lead/lead-1', 'unlink', parted);
    world.settle();

    expect(decision).toMatchObject({ nothing: 'stale', relinks: null, forwards: [] });
    expect(others()).toHaveLength(1);
    expect(world.record('dynamics/lead/lead-1').rows.some(({ id }) => id === others()[0])).toBe(true);
  });

  it('lets the row join another person with its address', () => {
    const { world, unlink, others, person } = wrongPair();
    const right = world.marketo.create({ email: 'ada@example.com', title: 'Right' });
    world.readMarketo(right, 'LIVE');
    unlink();
    world.settle();

    expect(others()).toEqual([right]);
    expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', right]);
    expect(world.record(`marketo/person/${person}`).rows).toHaveLength(1);
  });

  it('hands events that were on their way to the record that the row went to', () => {
    const { world, person, unlink } = wrongPair();
    const former = world.record(`marketo/person/${person}`).goldenId;
    world.dynamics.edit('lead-1', { jobtitle: 'Captain' });
    unlink();
    world.state.links.set('dynamics/lead/lead-1', former);

    const decision = world.readDynamics('lead-1');

    expect(decision).toMatchObject({ nothing: 'forwarded', forwards: [{ goldenId: parted }] });
    expect(world.state.records.get(parted)?.fields['jobTitle']?.value).toBe('Captain');
    expect(world.record(`marketo/person/${person}`).rows).toHaveLength(1);
  });

  it('hands on the contact that was made of its lead, though that was on its way to the person', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.wish(`dynamics/lead/${row}`, 'unlink', parted);
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${row}`, jobtitle: 'Captain' });
    world.dynamics.edit(row, { statecode: 1 });
    for (const id of ['contact-1', row]) world.readDynamics(id);
    world.settle();

    const [second = ''] = world.marketo.ids().filter((id) => id !== person);
    expect(world.record('dynamics/contact/contact-1')).toMatchObject({
      goldenId: parted,
      rows: [{ id: 'contact-1', active: true }, { id: row, active: false }, { id: second }],
    });
    expect(world.record(`marketo/person/${person}`).rows.map(({ id }) => id)).toEqual([person]);
    expect(world.marketo.fields(second)).toMatchObject({ title: 'Captain', crmId: 'contact-1' });
  });

  it('gives up a write that is open, and learns what it reached from its side', () => {
    const { world, person, unlink } = wrongPair();
    world.marketo.write(person, { title: 'Director' });
    world.readMarketo(person);
    unlink();
    world.settle();

    expect(world.dynamics.column('lead-1', 'jobtitle')).not.toBe('Director');
    expect(world.record('dynamics/lead/lead-1').fields['jobTitle']?.value).toBe(
      world.dynamics.column('lead-1', 'jobtitle'),
    );
    expect(world.record(`marketo/person/${person}`).fields['jobTitle']?.value).toBe('Director');
  });

  it('keeps its person when the record that got the row asks for it, and gives it to any other', () => {
    const { world, person, unlink } = wrongPair();
    unlink();
    const record = world.record(`marketo/person/${person}`);
    const askToJoin = (target: string) =>
      decide(
        record,
        { kind: 'wake-up', goldenId: record.goldenId, reason: 'join', target },
        {
          ...{ mapping: [], policy: world.state.policy, nowMs: world.state.nowMs, firstReadsComplete: true },
          ...{ claims: [], owners: new Map(), parents: new Map(), published: new Set() },
        },
      );

    expect(askToJoin(parted)).toMatchObject({ nothing: 'stale', relinks: null });
    expect(askToJoin('golden/other')).toMatchObject({ relinks: { to: 'golden/other' } });
  });

  it('takes no opt-out back that was on its way to the person, whose address it is', () => {
    const { world, person, unlink } = wrongPair();
    world.dynamics.insert('lead', 'lead-2', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-2');
    world.settle();
    world.dynamics.edit('lead-1', { donotbulkemail: true });
    world.readDynamics('lead-1');
    unlink();
    world.settle();

    expect(world.record(`marketo/person/${person}`).fields['unsubscribed']?.value).toBe(true);
    expect(['lead-1', 'lead-2'].map((id) => world.dynamics.column(id, 'donotbulkemail'))).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['was not read yet', false],
    ['was read, and had not reached the person', true],
  ])('lifts an opt-out of the address that the row had shown, by an edit of it that %s', (_, isRead) => {
    const { world, row, person } = linkedPair('lead', {
      emailaddress1: 'ada@example.com',
      donotbulkemail: true,
    });
    world.dynamics.edit(row, { donotbulkemail: false });
    if (isRead) world.readDynamics(row);
    world.wish(`dynamics/lead/${row}`, 'unlink', parted);
    world.readDynamics(row);
    world.settle();

    expect(world.dynamics.column(row, 'donotbulkemail')).toBe(false);
    for (const key of [`dynamics/lead/${row}`, `marketo/person/${person}`])
      expect(world.record(key).fields['unsubscribed']?.value).toBe(false);
  });

  it('keeps an opt-out of the address that had not reached the row', () => {
    const { world, row, person } = linkedPair('lead', {
      emailaddress1: 'ada@example.com',
      donotbulkemail: false,
    });
    world.marketo.write(person, { unsubscribed: true });
    world.state.withheld.add('dynamics');
    world.readMarketo(person);
    world.wish(`dynamics/lead/${row}`, 'unlink', parted);
    world.state.withheld.clear();
    world.readDynamics(row);
    world.settle();

    expect(world.dynamics.column(row, 'donotbulkemail')).toBe(true);
    expect(world.marketo.field(person, 'unsubscribed')).toBe(true);
  });

  it('is unlinked once: asked again nothing happens', () => {
    const { world, unlink } = wrongPair();
    unlink();
    world.settle();

    expect(unlink()).toMatchObject({ nothing: 'stale', dirty: false, forwards: [] });
  });
});

describe('a person whose row was deleted, while another row with its address waits', () => {
  /** The first row is deleted, and the second one in review. */
  function replaced() {
    const pair = wrongPair();
    const { world, person } = pair;
    world.dynamics.remove('lead-1');
    world.readDynamics('lead-1');
    world.dynamics.insert('lead', 'lead-2', { emailaddress1: 'ada@example.com', lastname: 'Byron' });
    world.readDynamics('lead-2');
    world.settle();
    expect(world.record('dynamics/lead/lead-2').waiting).toMatchObject({ cause: 'review' });
    const leave = (target: string | null = parted) => world.wish(`marketo/person/${person}`, 'leave', target);
    const join = () =>
      world.wish('dynamics/lead/lead-2', 'review-join', world.record(`marketo/person/${person}`).goldenId);

    return { ...pair, leave, join };
  }

  it('goes to that row when its own leaves it, and no other person is made', () => {
    const { world, person, leave, join, others } = replaced();
    expect(leave()).toMatchObject({
      ...{ nothing: null, forwards: [], relinks: { rowKeys: ['dynamics/lead/lead-1'], to: parted } },
    });
    join();
    world.settle();

    expect(world.record('dynamics/lead/lead-2').rows.map(({ id }) => id)).toEqual(['lead-2', person]);
    expect(world.marketo.field(person, 'crmId')).toBe('lead-2');
    expect(world.marketo.field(person, 'lastName')).toBe('Byron');
    expect(others()).toEqual([]);
  });

  it('is not asked for again when the deleted row is back: that one waits for review', () => {
    const { world, person, leave, join, others } = replaced();
    leave();
    join();
    world.settle();

    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    world.settle();
    world.wakeUp(86_400_000);
    world.settle();

    expect(world.record('dynamics/lead/lead-1')).toMatchObject({
      goldenId: parted,
      waiting: { cause: 'review' },
    });
    expect(world.record('dynamics/lead/lead-2').rows.map(({ id }) => id)).toEqual(['lead-2', person]);
    expect(others()).toEqual([]);
  });

  it('is left once, and only for a record that is named', () => {
    const { leave } = replaced();

    expect(leave(null)).toMatchObject({ nothing: 'stale', relinks: null });
    leave();
    expect(leave()).toMatchObject({ nothing: 'stale', relinks: null });
  });

  it('keeps its row when that is back before it leaves', () => {
    const { world, person, leave } = replaced();
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');

    expect(leave()).toMatchObject({ nothing: 'stale', relinks: null });
    expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', person]);
  });
});
