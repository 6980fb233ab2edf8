import type { DynamicsOutcome } from '@lockstep/change-events';
import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';
import { linkedPair, values, writesTo, type Pair } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import { writeMarketo } from './exampleWrites.ts';
import type { Policy } from '../policy.ts';
import { troublesOf } from '../troubles.ts';

/** The worked examples of docs/conflict-resolution.md about rows that go with their persons (G-08). */

const columns = { jobtitle: 'Engineer', address1_city: 'Lyon', statecode: 0 };

/** A pair whose row follows its person. */
function following(
  rowWhenPersonDeleted: Policy['rowWhenPersonDeleted'],
  kind: 'lead' | 'contact' = 'lead',
  more: Partial<Policy> = {},
): Pair {
  const pair = linkedPair(kind, columns);
  pair.world.state.policy = { ...pair.world.state.policy, ...more, rowWhenPersonDeleted };

  return pair;
}

const recordOf = ({ world, row }: Pair) =>
  world.record(`dynamics/${row.startsWith('contact') ? 'contact' : 'lead'}/${row}`);

/** The person goes, and Lockstep reads so. */
function losePerson({ world, person }: Pair): void {
  world.marketo.remove(person);
  world.readMarketo(person);
}

/** Everything that may still be under way has its time. */
function rest({ world }: Pair): void {
  world.settle();
  world.wakeUp(7_200_000);
  world.settle();
}

describe('a person that was deleted in Marketo', () => {
  it('leaves its row as it is, natively', () => {
    const pair = following('keep');
    losePerson(pair);
    rest(pair);

    expect(writesTo(pair.world, 'dynamics')).toEqual([]);
    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
  });

  it.each(['lead', 'contact'] as const)(
    'takes its row with it, once, when the policy says so (%s)',
    (kind) => {
      const pair = following('delete', kind);
      losePerson(pair);
      rest(pair);

      expect(pair.world.dynamics.version(pair.row)).toBeNull();
      expect(writesTo(pair.world, 'dynamics')).toEqual([{}]);
      expect(pair.world.marketo.ids()).toEqual([]);
      expect(recordOf(pair)).toMatchObject({ waiting: null, dueAtMs: null });
    },
  );

  it.each([
    ['lead', 2],
    ['contact', 1],
  ] as const)('has its row deactivated, once, and nobody is made for that (%s)', (kind, statecode) => {
    const pair = following('deactivate', kind);
    losePerson(pair);
    rest(pair);

    expect(writesTo(pair.world, 'dynamics')).toEqual([{ statecode }]);
    expect(pair.world.dynamics.column(pair.row, 'statecode')).toBe(statecode);
    expect(pair.world.marketo.ids()).toEqual([]);
    expect(recordOf(pair)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('comes back when its row, which was deactivated, is used again', () => {
    const pair = following('deactivate');
    losePerson(pair);
    rest(pair);
    pair.world.dynamics.edit(pair.row, { statecode: 0 });
    rest(pair);

    const [person = ''] = pair.world.marketo.ids();
    expect(pair.world.dynamics.column(pair.row, 'statecode')).toBe(0);
    expect(values({ ...pair, person }, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
  });

  it.each(['deactivate', 'delete'] as const)(
    'is made again where the row was edited meanwhile (%s)',
    (policy) => {
      const pair = following(policy);
      pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
      losePerson(pair);
      rest(pair);

      const [person = ''] = pair.world.marketo.ids();
      expect(values({ ...pair, person }, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
      expect(pair.world.dynamics.column(pair.row, 'statecode')).toBe(0);
    },
  );

  it('takes no row with it of which a column was cleared meanwhile', () => {
    const pair = following('delete');
    losePerson(pair);
    pair.world.dynamics.edit(pair.row, { address1_city: null });
    pair.world.carryOut();
    expect(writesTo(pair.world, 'dynamics')).toEqual([{}]);
    pair.world.readDynamics(pair.row);
    rest(pair);

    const [person = ''] = pair.world.marketo.ids();
    expect(values({ ...pair, person }, 'city')).toEqual([null, null, null]);
  });

  it('never takes an edit with it, though persons are to stay deleted', () => {
    const pair = following('delete', 'lead', { deletedInMarketo: 'stay-deleted' });
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    losePerson(pair);
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Director');
    expect(pair.world.marketo.ids()).toEqual([]);
  });

  it.each(['lead', 'contact'] as const)('takes no edit with it that is held for review (%s)', (kind) => {
    const conflict = { lead: 'review', contact: 'review' } as const;
    const isHeld = ({ field }: MappingRow) => field === 'jobTitle';
    const mapping = exampleMapping.map((each) => (isHeld(each) ? { ...each, conflict } : each));
    const pair = linkedPair(kind, columns, { mapping });
    const { world, row, person } = pair;
    world.state.policy = { ...world.state.policy, rowWhenPersonDeleted: 'delete' };
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Architect' });
    world.readDynamics(row);
    world.readMarketo(person);
    losePerson(pair);
    rest(pair);

    expect(world.dynamics.column(row, 'jobtitle')).toBe('Director');
  });

  it('leaves its last edits in a row that is deactivated', () => {
    const pair = following('deactivate');
    pair.world.marketo.write(pair.person, { title: 'Director' });
    pair.world.readMarketo(pair.person);
    losePerson(pair);
    rest(pair);

    expect(writesTo(pair.world, 'dynamics')).toEqual([{ jobtitle: 'Director' }, { statecode: 2 }]);
  });

  it('takes no row with it that stays out, nor one that turned out before that was done', () => {
    const pair = following('delete');
    pair.world.state.withheld.add('dynamics');
    losePerson(pair);
    pair.world.dynamics.edit(pair.row, { new_synctomkto: false });
    pair.world.settle();
    pair.world.state.withheld.clear();
    pair.world.dynamics.edit(pair.row, { new_synctomkto: true });
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
  });

  it('takes no row with it when it was merged into another person', () => {
    const pair = following('delete');
    const winner = pair.world.marketo.create({ email: 'ada@example.com' });
    pair.world.marketo.merge(winner, pair.person);
    pair.world.readMarketo(pair.person);
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
    expect(recordOf(pair).rows[0]).not.toHaveProperty('ends');
  });

  it('takes no row with it that stayed out then, though it is let in later', () => {
    const pair = following('delete');
    pair.world.dynamics.edit(pair.row, { new_synctomkto: false });
    pair.world.settle();
    losePerson(pair);
    pair.world.dynamics.edit(pair.row, { new_synctomkto: true });
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
  });

  it('takes no row with it that was deleted then, though it is restored later', () => {
    const pair = following('delete');
    pair.world.dynamics.remove(pair.row);
    pair.world.settle();
    losePerson(pair);
    pair.world.dynamics.insert('lead', pair.row, columns);
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
  });

  it('takes no row with it where Lockstep deleted it itself, and the row is let in before that is answered', () => {
    const pair = following('delete', 'lead', { filters: { byTable: {}, removesPersons: true } });
    for (const isIn of [false, true]) {
      pair.world.dynamics.edit(pair.row, { new_synctomkto: isIn });
      pair.world.readDynamics(pair.row);
    }
    rest(pair);

    const [person = ''] = pair.world.marketo.ids();
    expect(person).not.toBe(pair.person);
    expect(values({ ...pair, person }, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
  });

  it('takes no row with it where another person has come meanwhile that carries its id', () => {
    const pair = following('delete');
    const { world } = pair;
    const { goldenId } = recordOf(pair);
    world.state.withheld.add('dynamics');
    losePerson(pair);
    world.readMarketo(world.marketo.create({ lockstepId: goldenId, title: 'Engineer' }));
    world.state.withheld.clear();
    rest(pair);

    expect(world.dynamics.column(pair.row, 'jobtitle')).toBe('Engineer');
    expect(recordOf(pair).rows[0]).not.toHaveProperty('ends');
  });

  it('takes its row with it as that is, with no column written', () => {
    const pair = following('delete');
    losePerson(pair);

    const [write] = pair.world.state.open;
    expect(write?.to === 'dynamics' && write.entry).toHaveProperty('columns', {});
  });

  it('takes its row with it, though it was deleted before its creation was answered', () => {
    const world = createWorld();
    world.state.policy = { ...world.state.policy, rowWhenPersonDeleted: 'delete' };
    world.dynamics.insert('lead', 'lead-1', columns);
    world.readDynamics('lead-1');
    const [write] = world.state.open.splice(0);
    if (write?.to !== 'marketo') throw new Error('nobody is made');
    const answer = writeMarketo(world, write);
    const [person = ''] = world.marketo.ids();
    losePerson({ world, row: 'lead-1', person });

    world.handAnswer(answer);
    world.settle();

    expect(world.dynamics.version('lead-1')).toBeNull();
  });

  it('has its row deleted although the answer was lost, and nothing waits', () => {
    const pair = following('delete');
    losePerson(pair);
    pair.world.carryOut({ loseAnswers: true });
    pair.world.wakeUp(60_000);
    rest(pair);

    expect(pair.world.dynamics.version(pair.row)).toBeNull();
    expect(recordOf(pair).outbox.filter(({ kind }) => kind === 'dynamics-write')).toEqual([]);
    expect(recordOf(pair)).toMatchObject({ waiting: null, dueAtMs: null });
  });

  it('waits where Dynamics refuses, in sight of an operator, and the row goes when it may', () => {
    const pair = following('deactivate');
    pair.world.state.refused.add('statecode');
    losePerson(pair);
    pair.world.settle();
    expect(troublesOf(recordOf(pair))).toMatchObject([
      { side: 'dynamics', operation: 'UPDATE', code: 'DYNAMICS_REFUSED', field: null },
    ]);

    pair.world.state.refused.clear();
    rest(pair);

    expect(pair.world.dynamics.column(pair.row, 'statecode')).toBe(2);
    expect(troublesOf(recordOf(pair))).toEqual([]);
  });

  it('is foretold to take its row with it while nothing is written', () => {
    const pair = following('delete');
    pair.world.state.withheld.add('dynamics');
    losePerson(pair);
    pair.world.settle();

    expect(recordOf(pair).forecast).toEqual({
      dynamics: [{ operation: 'DELETE', table: 'lead', fields: [] }],
    });
    pair.world.state.withheld.clear();
    rest(pair);
    expect(pair.world.dynamics.version(pair.row)).toBeNull();
  });
});

describe('the answer to the end of a row', () => {
  const refused = { result: 'REFUSED', field: null } as const;

  /** The person is gone, and Dynamics answers what ends the row. */
  function answered(policy: 'deactivate' | 'delete', answer: Partial<DynamicsOutcome>) {
    const pair = following(policy);
    losePerson(pair);
    const [write] = pair.world.state.open.splice(0);
    if (write?.to !== 'dynamics') throw new Error('nothing ends the row');
    const { goldenId, entry } = write;
    const nothing = { entryId: entry.entryId, result: 'WRITTEN', code: null, field: null } as const;
    const written: DynamicsOutcome = { ...nothing, detail: null, ...answer };
    const decision = pair.world.handAnswer({ kind: 'refusal', goldenId, written });
    const row = decision.record.rows.find(({ system }) => system === 'dynamics');

    return { ...pair, decision, row: row ?? raise(), world: pair.world };
  }
  const raise = () => {
    throw new Error('the row is not there');
  };

  it.each([
    ['0x80040227', 'it has children', { code: 'DYNAMICS_REFUSED', detail: '0x80040227: it has children' }],
    ['0x80040227', null, { code: 'DYNAMICS_REFUSED', detail: '0x80040227: ' }],
    ['DYNAMICS_FORBIDDEN', 'prvDeleteLead', { code: 'DYNAMICS_FORBIDDEN', detail: 'prvDeleteLead' }],
    ['DYNAMICS_ROW_CLOSED', null, { code: 'DYNAMICS_ROW_CLOSED', detail: null }],
    [null, null, { code: 'DYNAMICS_REFUSED', detail: null }],
  ])(
    'as refused with %s (%s) is a trouble of its record, and is tried again in an hour',
    (code, detail, told) => {
      const { world, decision } = answered('delete', { ...refused, code, detail });

      expect(troublesOf(decision.record)).toEqual([
        { side: 'dynamics', operation: 'DELETE', field: null, ...told },
      ]);
      expect(decision.dynamicsWrites).toEqual([]);
      expect(decision.record.dueAtMs).toBe(world.state.nowMs + 3_600_000);
      world.wakeUp(3_600_000);
      expect(world.state.open).toMatchObject([{ to: 'dynamics', entry: { ends: 'delete' } }]);
    },
  );

  it('as refused because the row is closed is that it is deactivated', () => {
    const { decision, row } = answered('deactivate', { ...refused, code: 'DYNAMICS_ROW_CLOSED' });

    expect(decision.record.waiting).toBeNull();
    expect(row).toMatchObject({ missing: false, seen: { leadStatus: { value: 0 } } });
    expect(row).not.toHaveProperty('ends');
  });

  it.each([
    ['deactivate', 'MISSING'],
    ['delete', 'MISSING'],
    ['delete', 'WRITTEN'],
  ] as const)('(%s) as %s leaves a row that is written no more until it is read', (policy, result) => {
    const { world, decision, row } = answered(policy, { result });

    expect(row).toMatchObject({ missing: true, deletedAt: null });
    expect(row).not.toHaveProperty('ends');
    expect(decision.record.waiting).toBeNull();
    world.wakeUp(7_200_000);
    expect(world.state.open).toEqual([]);
  });
});
