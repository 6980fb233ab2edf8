import type { InboxMessage } from '@lockstep/change-events';
import type { Decision } from '../decision.ts';
import { linkedPair, strangers } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import { claimChanges, isLeftPerson, othersClaiming } from '../match.ts';

/** The worked examples of docs/conflict-resolution.md about who claims an address, and whom a claim may join. */

const ada = 'email/ada@example.com';
const claims = ({ claimsAdded, claimsRemoved }: Decision) => ({
  added: claimsAdded.map(({ claim, rowKey }) => [claim, rowKey]),
  removed: claimsRemoved.map(({ claim, rowKey }) => [claim, rowKey]),
});
const none = { added: [], removed: [] };
const due = (sentAtMs: number): InboxMessage => ({
  ...{ kind: 'wake-up', goldenId: 'golden/lead-1', reason: 'due', target: null },
  sentAt: new Date(sentAtMs).toISOString(),
});

describe('an address', () => {
  it('is claimed by whoever shows it, without its case and blanks around it', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: ' Ada@Example.com ' });

    const decision = world.readDynamics('lead-1');

    expect(decision.claimsAdded).toEqual([
      { claim: ada, rowKey: 'dynamics/lead/lead-1', goldenId: 'golden/lead-1' },
    ]);
    expect(decision.claimsRemoved).toEqual([]);
  });

  it.each([null, '', '  '])('that is %j is claimed by nobody', (emailaddress1) => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { emailaddress1 });

    expect(claims(world.readDynamics('lead-1'))).toEqual(none);
  });

  it('of a linked person is claimed by its row too', () => {
    const { world, row, person } = linkedPair('lead', { emailaddress1: 'ada@example.com' });
    world.dynamics.edit(row, { emailaddress1: 'new@example.com' });
    world.readDynamics(row);
    world.marketo.write(person, { email: 'old@example.com' });

    expect(claims(world.readMarketo(person))).toEqual({
      added: [
        ['email/old@example.com', `marketo/person/${person}`],
        ['email/old@example.com', `dynamics/lead/${row}`],
      ],
      removed: [
        [ada, `marketo/person/${person}`],
        [ada, `dynamics/lead/${row}`],
      ],
    });
  });

  it('is given up for another one, and stays where something else is edited', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    expect(claims(world.readDynamics('lead-1'))).toEqual(none);
    world.dynamics.edit('lead-1', { emailaddress1: 'new@example.com' });

    expect(claims(world.readDynamics('lead-1'))).toEqual({
      added: [['email/new@example.com', 'dynamics/lead/lead-1']],
      removed: [[ada, 'dynamics/lead/lead-1']],
    });
  });

  it('that a process claimed for a record and died before it saved that is given up, by that record alone', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    const { record, claimsAdded } = world.readDynamics('lead-1');
    const lost = { claim: ada, rowKey: 'marketo/person/9', goldenId: 'golden/lead-1' };
    const known = [...claimsAdded, lost, { ...lost, goldenId: 'golden/other' }];

    expect(claimChanges(record, record, known)).toEqual({ added: [], removed: [lost] });
    expect(claimChanges(record, { ...record, aliasOf: 'golden/other' }, known).removed).toEqual([]);
  });

  it('of a row that is deleted stays claimed while its person has it', () => {
    const { world, row, person } = linkedPair('lead', { emailaddress1: 'ada@example.com' });
    world.dynamics.edit(row, { emailaddress1: 'new@example.com' });
    world.readDynamics(row);
    world.dynamics.remove(row);

    expect(claims(world.readDynamics(row))).toEqual({
      added: [],
      removed: [['email/new@example.com', `dynamics/lead/${row}`]],
    });
    world.marketo.remove(person);
    expect(claims(world.readMarketo(person))).toEqual({
      added: [],
      removed: [
        [ada, `marketo/person/${person}`],
        [ada, `dynamics/lead/${row}`],
      ],
    });
  });

  it('goes with the person to the contact that its lead became', () => {
    const { world, person } = linkedPair('lead', { emailaddress1: 'ada@example.com' });
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: 'lead/lead-1' });
    world.readDynamics('contact-1');

    expect([...world.state.decisions].map(claims).at(-1)).toEqual({
      added: [[ada, 'dynamics/contact/contact-1']],
      removed: [[ada, 'dynamics/lead/lead-1']],
    });
    expect(world.record(`marketo/person/${person}`).kind).toBe('contact');
  });

  it('is kept by a record that joined another, and claimed by that one', () => {
    const { world, row, person } = strangers({}, {});
    const joined = world.state.decisions.filter(({ relinks }) => relinks !== null);
    world.settle();

    expect(joined).toHaveLength(1);
    expect(joined.map(claims)).toEqual([none]);
    expect(world.record(`marketo/person/${person}`)).toBe(world.record(`dynamics/lead/${row}`));
    expect(world.state.decisions.flatMap(({ claimsAdded }) => claimsAdded)).toContainEqual({
      claim: ada,
      rowKey: `marketo/person/${person}`,
      goldenId: 'golden/lead-1',
    });
  });
});

/** A row that asks for the person with its address; what it asks is on its way. */
function asking() {
  const world = createWorld({ matchByEmail: true });
  const person = world.marketo.create({ email: 'ada@example.com' });
  world.readMarketo(person, 'BACKFILL');
  world.state.losesForwards = true;
  world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
  const [asked] = world.readDynamics('lead-1', 'BACKFILL').forwards;
  return { world, person, asked };
}

describe('a person', () => {
  it('without an address joins nobody', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email: null });
    world.readMarketo(person, 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: null });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();

    expect(world.marketo.ids()).toHaveLength(2);
  });

  it('is waited for until a wake-up of later, however late everything is read', () => {
    const { world, asked } = asking();
    const { aliasOf } = world.handAnswer(asked as InboxMessage).record;
    expect(aliasOf).toBe('golden/lead-1');
    const { dueAtMs } = world.record('dynamics/lead/lead-1').waiting ?? { dueAtMs: 0 };
    world.state.nowMs = dueAtMs + 60_000;

    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    const edited = world.readDynamics('lead-1');
    const early = world.handAnswer(due(dueAtMs - 1));
    const late = world.handAnswer(due(dueAtMs));

    const waiting = { cause: 'join', code: null, dueAtMs };
    expect([edited, early].map(({ record }) => record.waiting)).toEqual([waiting, waiting]);
    expect([edited, early].flatMap(({ forwards }) => forwards)).toEqual([]);
    expect(late.record.waiting?.dueAtMs).not.toBe(dueAtMs);
  });

  it('is waited for also while its row stays out, and whatever address that has since', () => {
    const { world, person, asked } = asking();
    world.state.losesForwards = false;
    for (const columns of [{ emailaddress1: null, new_synctomkto: false }, { new_synctomkto: true }]) {
      world.dynamics.edit('lead-1', columns);
      world.readDynamics('lead-1');
    }
    world.handAnswer(asked as InboxMessage);
    world.settle();

    expect(world.marketo.ids()).toEqual([person]);
    expect(world.marketo.field(person, 'crmId')).toBe('lead-1');
  });

  it('that got a row of its own meanwhile is not handed over', () => {
    const { world, person } = linkedPair('lead', { emailaddress1: 'ada@example.com' });
    const answer = world.handAnswer({
      ...{ kind: 'wake-up', goldenId: 'golden/lead-1', reason: 'join', target: 'golden/lead-2' },
    });

    expect(answer.nothing).toBe('stale');
    expect(answer.record.aliasOf).toBeNull();
    expect(world.record(`marketo/person/${person}`).goldenId).toBe('golden/lead-1');
  });

  it('for whom a row is being made is not handed over', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email: 'ada@example.com', lastName: 'Byron' });
    world.readMarketo(person);
    world.ask(person);
    const { goldenId, outbox } = world.record(`marketo/person/${person}`);
    expect(outbox).toContainEqual(expect.objectContaining({ kind: 'dynamics-write', ifMatch: null }));

    const answer = world.handAnswer({
      ...{ kind: 'wake-up', goldenId, reason: 'join', target: 'golden/lead-2' },
    });

    expect(answer.nothing).toBe('stale');
    expect(answer.record.aliasOf).toBeNull();
  });

  it('that is not there is not handed over', () => {
    const world = createWorld({ firstReadsComplete: false });
    const person = world.marketo.create({ email: 'ada@example.com' });
    world.readMarketo(person);
    world.marketo.remove(person);
    world.readMarketo(person);
    const { goldenId } = world.record(`marketo/person/${person}`);

    const answer = world.handAnswer({
      ...{ kind: 'wake-up', goldenId, reason: 'join', target: 'golden/lead-2' },
    });

    expect(answer.nothing).toBe('stale');
  });
});

describe('claims of which none was read', () => {
  type Change = Partial<GoldenRecord['rows'][number]>;
  const keys = ['dynamics/lead/lead-1', 'marketo/person/1001'];
  const later = { epoch: 1, number: 9 };
  /** A lead with an address and its person. */
  const linked = () =>
    linkedPair('lead', { emailaddress1: 'ada@example.com' }).world.record('dynamics/lead/lead-1');
  const withRow = (record: GoldenRecord, index: number, change: Change): GoldenRecord => ({
    ...record,
    rows: record.rows.map((other, at) => (at === index ? { ...other, ...change } : other)),
  });
  const changes = (before: GoldenRecord, after: GoldenRecord) => {
    const { added, removed } = claimChanges(before, after, []);
    return { added: added.map(({ rowKey }) => rowKey), removed: removed.map(({ rowKey }) => rowKey) };
  };

  it('are taken up and given up with the last row that shows the address', () => {
    const record = linked();
    const [rowGone, personGone] = [0, 1].map((index) => withRow(record, index, { deletedAt: later }));
    if (!rowGone || !personGone) throw new Error('nobody is linked');

    expect(changes(record, personGone)).toEqual({ added: [], removed: [keys[1]] });
    expect(changes(personGone, record)).toEqual({ added: [keys[1]], removed: [] });
    expect(changes(record, rowGone)).toEqual(none);
  });

  it('change with the address, and with whoever speaks for the row', () => {
    const record = linked();
    const renamed = withRow(record, 1, { seen: { email: { value: 'new@example.com', at: later } } });

    expect(changes(record, renamed).added).toEqual([keys[1], keys[0]]);
    expect(changes(renamed, record).removed).toEqual([keys[1], keys[0]]);
    expect(changes(renamed, withRow(renamed, 0, { active: false })).removed).toEqual([keys[0]]);
  });

  it('are new with a row that is, and stay as they are without any change', () => {
    const record = linked();

    expect(changes({ ...record, rows: [] }, record).added).toEqual(keys);
    expect(claimChanges(record, { ...record }, [])).toEqual(none);
  });
});

describe('who else claims an address', () => {
  it('is nobody who has a row that was parted from the record, nor their person', () => {
    const claimOf = (rowKey: string, goldenId: string) => ({ claim: ada, rowKey, goldenId });
    const all = [
      claimOf('dynamics/lead/parted', 'golden/2'),
      claimOf('marketo/person/2', 'golden/2'),
      claimOf('marketo/person/3', 'golden/3'),
    ];
    const record = { goldenId: 'golden/1', parted: [{ row: 'dynamics/lead/parted', to: 'golden/2' }] };

    expect(othersClaiming(record, all, ada)).toEqual([claimOf('marketo/person/3', 'golden/3')]);
    expect(othersClaiming({ goldenId: 'golden/1' }, all, ada)).toEqual(all);
  });
});

describe('a person that was left', () => {
  type Row = GoldenRecord['rows'][number];
  const deletedAt = { epoch: 1, number: 9 };
  const gone = (row: Row): Row => ({ ...row, deletedAt });
  const former = (row: Row): Row => ({ ...gone(row), active: false });

  it.each<[string, boolean, Partial<GoldenRecord>, (row: Row, person: Row) => Row[]]>([
    ['is one whose row was deleted', true, {}, (row, person) => [gone(row), person]],
    ['is one whose rows were all deleted', true, {}, (row, person) => [former(row), gone(row), person]],
    ['is none while one of its rows is there', false, {}, (row, person) => [former(row), row, person]],
    ['is none that never had a row', false, {}, (_, person) => [person]],
    ['is none that is gone itself', false, {}, (row, person) => [gone(row), gone(person)]],
    ['is none that never was', false, {}, (row) => [gone(row)]],
    ['is none that joined another', false, { aliasOf: 'golden/2' }, (row, person) => [gone(row), person]],
    ['is none that is an account', false, { entity: 'account' }, (row, person) => [gone(row), person]],
  ])('%s', (_, isLeft, changes, left) => {
    const record = linkedPair('lead', {}).world.record('dynamics/lead/lead-1');
    const [row, person] = record.rows;
    if (!row || !person) throw new Error('nobody is linked');

    expect(isLeftPerson({ ...record, ...changes, rows: left(row, person) })).toBe(isLeft);
  });
});
