import type { Conflict } from '@lockstep/change-events';
import { conflictsOf, linkedPair, strangers, values, writesTo, type Pair } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';
import { troublesOf } from '../troubles.ts';
import { refusalOfUndo, undoEventId } from '../undo.ts';

/** The worked examples of docs/conflict-resolution.md about what an operator undoes. */

const keyOf = ({ row }: Pair) => `dynamics/${row.split('-')[0] ?? ''}/${row}`;
const last = (pair: Pair): Conflict => {
  const conflict = pair.world.record(keyOf(pair)).conflicts.at(-1);
  if (!conflict) throw new Error('nothing was in conflict');
  return conflict;
};
const undo = (pair: Pair, conflict = last(pair)) => pair.world.undo(keyOf(pair), conflict);
/** What the API answers. */
const refusal = (pair: Pair, conflict = last(pair)) =>
  refusalOfUndo(pair.world.record(keyOf(pair)), conflict, pair.world.state.mapping);

const titleBy = (policy: Partial<MappingRow>): readonly MappingRow[] =>
  exampleMapping.map((row) => (row.field === 'jobTitle' ? { ...row, ...policy } : row));
const review = { lead: 'review', contact: 'review' } as const;

/** Both sides edit the job title without knowing of each other. */
function disputed(kind: 'lead' | 'contact', policy: Partial<MappingRow> = {}): Pair {
  const pair = linkedPair(kind, { jobtitle: 'Engineer' }, { mapping: titleBy(policy) });
  edit(pair, { jobtitle: 'Director', title: 'Architect' });
  pair.world.settle();
  return pair;
}

/** Two edits that do not know of each other; that of Dynamics is read first. */
function edit({ world, row, person }: Pair, { jobtitle, title }: { jobtitle: string; title: string }): void {
  world.dynamics.edit(row, { jobtitle });
  world.marketo.write(person, { title });
  world.readDynamics(row);
}

describe('an undo', () => {
  it.each([
    ['lead', 'Director'],
    ['contact', 'Architect'],
  ] as const)('of a conflict on a %s gives both sides the value that lost', (kind, lost) => {
    const pair = disputed(kind);
    const writes = (['dynamics', 'marketo'] as const).map((side) => writesTo(pair.world, side).length);

    undo(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual([lost, lost, lost]);
    expect(pair.world.record(keyOf(pair)).fields['jobTitle']).toMatchObject({ rule: 'undo', agreed: true });
    const later = (['dynamics', 'marketo'] as const).map((side) => writesTo(pair.world, side).length);
    expect(later).toEqual(writes.map((count) => count + 1));
  });

  it('is kept as a decision of its own, with both values, their times and whose they were', () => {
    const pair = disputed('lead');
    const { winnerValue, loserValue, decision } = last(pair);

    undo(pair);

    expect(last(pair)).toMatchObject({
      ...{ winner: 'dynamics', winnerValue: loserValue, loser: 'marketo', loserValue: winnerValue },
      ...{ rule: 'undo', winnerChangedAt: expect.any(String) as unknown },
    });
    expect(last(pair).decision).not.toBe(decision);
    expect(conflictsOf(pair.world)).toHaveLength(2);
    expect(pair.world.record(keyOf(pair)).fields['jobTitle']?.eventId).toBe(
      `undo/golden/lead-1/${decision ?? ''}`,
    );
  });

  it('is told to others under a name of its own, by which nobody waits', () => {
    const pair = disputed('lead');
    pair.world.dynamics.edit(pair.row, { address1_city: 'Lyon' });
    pair.world.readDynamics(pair.row, 'BACKFILL');
    const conflict = last(pair);

    expect(undo(pair, conflict).goldenEvent).toMatchObject({
      ...{ causeEventId: undoEventId('golden/lead-1', conflict), causeSystem: null, lane: 'LIVE' },
    });
  });

  it('can be undone, and that too', () => {
    const pair = disputed('lead');
    const titles = [1, 2, 3].map(() => {
      undo(pair);
      pair.world.settle();
      return values(pair, 'jobTitle');
    });

    expect(titles.map(([title]) => title)).toEqual(['Director', 'Architect', 'Director']);
    expect(titles.every((three) => new Set(three).size === 1)).toBe(true);
  });

  it('that is asked for twice, or arrives again, is done once', () => {
    const pair = disputed('lead');
    const conflict = last(pair);
    undo(pair, conflict);
    const again = [undo(pair, conflict)];
    pair.world.settle();
    again.push(undo(pair, conflict));

    expect(again).toMatchObject([
      { nothing: 'stale', dirty: false },
      { nothing: 'stale', dirty: false },
    ]);
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('while the value that won is still on its way leaves both sides with the one that lost', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    edit(pair, { jobtitle: 'Director', title: 'Architect' });
    pair.world.readMarketo(pair.person);

    undo(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('is overtaken by a later edit, which holds', () => {
    const pair = disputed('lead');
    const conflict = last(pair);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'President' });
    pair.world.settle();

    expect(refusal(pair, conflict)).toBe('UNDO_OVERTAKEN');
    expect(undo(pair, conflict)).toMatchObject({ nothing: 'stale', dirty: false });
    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
  });

  it('is overtaken by a later edit that put the same value there', () => {
    const pair = disputed('lead');
    const conflict = last(pair);
    for (const jobtitle of ['President', 'Architect']) {
      pair.world.dynamics.edit(pair.row, { jobtitle });
      pair.world.settle();
    }

    expect(refusal(pair, conflict)).toBe('UNDO_OVERTAKEN');
  });

  it.each(['dynamics', 'marketo'] as const)('gives way to an edit in %s that comes after it', (side) => {
    const pair = disputed('lead');
    const { world, row, person } = pair;
    undo(pair);
    world.settle();

    if (side === 'dynamics') world.dynamics.edit(row, { jobtitle: 'President' });
    else world.marketo.write(person, { title: 'President' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
  });

  it('of what a first meeting decided gives both the value that lost', () => {
    const pair = strangers({ jobtitle: 'Engineer' }, { title: 'Architect' }, { kind: 'contact' });
    pair.world.settle();

    undo(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });

  it('of what is held for review decides it for the value that was held back', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping: titleBy({ conflict: review }) });
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.readMarketo(pair.person);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.readDynamics(pair.row);
    pair.world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Architect', 'Architect']);

    undo(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(troublesOf(pair.world.record(keyOf(pair)))).toEqual([]);
  });

  it('of an edit of a value that is written once lets that edit hold', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping: titleBy({ write: 'once' }) });
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);

    undo(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(pair.world.record(keyOf(pair)).fields['jobTitle']?.source).toBe('dynamics');
  });

  it('of an edit that lost is overtaken by a later one that lost too, which can be undone', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping: titleBy({ write: 'once' }) });
    const [first, second] = ['Director', 'President'].map((jobtitle) => {
      pair.world.dynamics.edit(pair.row, { jobtitle });
      pair.world.settle();
      return last(pair);
    });

    expect(refusal(pair, first)).toBe('UNDO_OVERTAKEN');
    expect(refusal(pair, second)).toBe(null);
  });

  it.each([
    ['lead', 'dynamics'],
    ['contact', 'marketo'],
  ] as const)(
    'of a conflict on a %s that does not say whose value lost is as if %s edited it',
    (kind, side) => {
      const pair = disputed(kind);
      const { loserValue } = last(pair);

      undo(pair, { ...last(pair), loser: null });

      expect(pair.world.record(keyOf(pair)).fields['jobTitle']).toMatchObject({
        ...{ value: loserValue, source: side },
      });
    },
  );

  it('leaves what each side keeps where only blanks are filled', () => {
    const pair = disputed('lead', { write: 'fill-blanks' });

    expect(refusal(pair)).toBe('UNDO_FIXED');
    expect(undo(pair)).toMatchObject({ nothing: 'stale' });
  });

  it('never gives a side a field that is not its to change', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', statecode: 0 });
    pair.world.marketo.write(pair.person, { crmStatusReason: 'Lost' });
    pair.world.settle();

    expect(last(pair)).toMatchObject({ rule: 'one-way' });
    expect(refusal(pair)).toBe('UNDO_FIXED');
  });

  it('is refused of a field that goes one way since, is mapped no more, or has no value any more', () => {
    const pair = disputed('lead');
    const record = pair.world.record(keyOf(pair));
    const unmapped = exampleMapping.filter(({ field }) => field !== 'jobTitle');

    expect(refusalOfUndo(record, last(pair), titleBy({ direction: 'to-marketo' }))).toBe('UNDO_FIXED');
    expect(refusalOfUndo(record, last(pair), unmapped)).toBe('UNDO_FIXED');
    expect(refusalOfUndo({ ...record, fields: {} }, last(pair), exampleMapping)).toBe('UNDO_OVERTAKEN');
  });

  it.each([
    ['unsubscribed', 'donotbulkemail', 'unsubscribed'],
    ['doNotEmail', 'donotemail', 'crmDoNotEmail'],
  ] as const)('never takes back an opt-out of %s', (field, column, name) => {
    const pair = linkedPair('contact', { [column]: false, emailaddress1: 'ada@example.com' });
    pair.world.marketo.write(pair.person, { [name]: true });
    pair.world.readMarketo(pair.person);
    pair.world.dynamics.edit(pair.row, { [column]: null });
    pair.world.readDynamics(pair.row);
    pair.world.settle();
    expect(last(pair)).toMatchObject({ rule: 'opt-out-wins', loserValue: null });

    expect(refusal(pair)).toBe('UNDO_OPT_OUT');
    expect(undo(pair)).toMatchObject({ nothing: 'stale', consent: null });
    expect(values(pair, field)).toEqual([true, true, true]);
  });

  it.each(['deleted in Dynamics', 'deleted in Marketo', 'merged', 'kept out', 'unlinked'] as const)(
    'is refused for a pair that is %s',
    (how) => {
      const pair = disputed('lead');
      const { world, row, person } = pair;
      const key = how === 'unlinked' ? `marketo/person/${person}` : keyOf(pair);
      const conflict = last(pair);
      if (how === 'deleted in Dynamics') world.dynamics.remove(row);
      else if (how === 'deleted in Marketo') world.marketo.remove(person);
      else if (how === 'merged')
        world.dynamics.edit(row, { merged: true, masterid: 'lead/lead-2', statecode: 2 });
      else if (how === 'kept out') world.dynamics.edit(row, { new_synctomkto: false });
      else world.wish(key, 'unlink', 'golden/parted');
      if (how === 'deleted in Marketo') world.readMarketo(person);
      world.settle();

      expect(refusalOfUndo(world.record(key), conflict, world.state.mapping)).toBe('UNDO_NO_PAIR');
      expect(world.undo(key, conflict)).toMatchObject({ nothing: 'stale', commands: [], dynamicsWrites: [] });
    },
  );

  it('is refused of a record that another one carries on, and of one beside persons', () => {
    const pair = disputed('lead');
    const record = pair.world.record(keyOf(pair));

    for (const other of [{ aliasOf: 'golden/other' }, { entity: 'account' }])
      expect(refusalOfUndo({ ...record, ...other }, last(pair), exampleMapping)).toBe('UNDO_NO_PAIR');
  });

  it('is refused of what was kept before an undo was possible', () => {
    const pair = disputed('lead');
    const { decision: _, winnerEventId: __, ...former } = last(pair);

    expect(refusal(pair, former)).toBe('UNDO_UNKNOWN');
  });

  it('is decided while writes are withheld, and reaches both sides when they flow', () => {
    const pair = disputed('lead');
    const { world } = pair;
    world.state.withheld = new Set(['dynamics', 'marketo']);
    undo(pair);
    world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Director', 'Architect']);

    world.state.withheld = new Set();
    world.wakeUp(1);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('of a decision that its record keeps no longer is the same', () => {
    const pair = disputed('lead');
    const conflict = last(pair);
    const { world, row, person } = pair;
    for (let at = 0; at < 25; at += 1) {
      world.dynamics.edit(row, { address1_city: `Ulm ${at}` });
      world.marketo.write(person, { city: `Bonn ${at}` });
      world.readDynamics(row);
      world.settle();
    }
    expect(world.record(keyOf(pair)).conflicts).not.toContainEqual(conflict);

    undo(pair, conflict);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});
