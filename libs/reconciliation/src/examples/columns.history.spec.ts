import type { ChangeEvent } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values } from './examplePairs.ts';

/** Histories about columns that join or leave what is read of a table. */

function without(event: ChangeEvent, column: string): ChangeEvent {
  const { [column]: _left, ...fields } = event.fields ?? {};
  return { ...event, fields };
}

describe('a column that is not read', () => {
  it('is unknown: the value it had stays, on both sides', () => {
    const pair = linkedPair('lead', { telephone1: '1', jobtitle: 'Engineer' });
    const { world, row } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.handRow(row, without(world.dynamics.change(row, 'LIVE'), 'telephone1'));
    world.carryOut();

    expect(values(pair, 'phone')).toEqual(['1', '1', '1']);
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});

describe('a column that is read again', () => {
  it('brings what changed meanwhile, although the version of the row is known', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row } = pair;
    world.dynamics.edit(row, { telephone1: '2' });
    world.handRow(row, without(world.dynamics.change(row, 'LIVE'), 'telephone1'));

    world.handRow(row, world.dynamics.change(row, 'BACKFILL'));
    world.carryOut();

    expect(values(pair, 'phone')).toEqual(['2', '2', '2']);
  });

  it('brings a value that was cleared meanwhile', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row } = pair;
    world.dynamics.edit(row, { telephone1: null });
    world.handRow(row, without(world.dynamics.change(row, 'LIVE'), 'telephone1'));

    world.handRow(row, world.dynamics.change(row, 'BACKFILL'));
    world.carryOut();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
  });

  it('says nothing about the columns that were seen at that version', () => {
    const pair = linkedPair('lead', { telephone1: '1', jobtitle: 'Engineer' });
    const { world, row } = pair;
    const known = world.dynamics.change(row, 'LIVE');
    world.readDynamics(row);

    const decision = world.handRow(row, { ...known, fields: { ...known.fields, jobtitle: 'Spoilt' } });

    expect(decision).toMatchObject({ dirty: false, nothing: 'stale' });
  });

  it('does not undo a newer edit', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row } = pair;
    const late = world.dynamics.change(row, 'BACKFILL');
    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);

    expect(world.handRow(row, late)).toMatchObject({ nothing: 'stale' });
    world.carryOut();

    expect(values(pair, 'phone')).toEqual(['2', '2', '2']);
  });
});

describe('the answer to our own write', () => {
  it('blanks nothing by itself: the permission to read a column may just have been withdrawn', () => {
    const pair = linkedPair('lead', { telephone1: '1', jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.dynamics.hide('telephone1');

    world.carryOut();

    expect(values(pair, 'phone').slice(1)).toEqual(['1', '1']);
    expect(world.record(`dynamics/lead/${row}`).fields['jobTitle']?.agreed).toBe(true);
  });

  it('leaves what a plug-in cleared on the way to the page that shows it', () => {
    const pair = linkedPair('lead', { telephone1: '1', jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.dynamics.onWrite({ telephone1: null });
    world.carryOut();

    world.readDynamics(row);
    world.carryOut();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
  });
});

describe('a blank that only the answer to our write shows', () => {
  it('is not written over before a page has told whether it is one', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { telephone1: null });
    world.marketo.write(person, { phone: '2' });
    world.readMarketo(person);
    world.carryOut();
    world.carryOut();

    expect(world.dynamics.column(row, 'telephone1')).toBeNull();
    world.readDynamics(row);
    world.settle();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
    expect(conflictsOf(world)).toMatchObject([{ field: 'phone', winner: 'dynamics', loserValue: '2' }]);
  });

  it('holds up a write no longer than until a page shows the row without that column', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;
    world.dynamics.hide('telephone1');
    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.marketo.write(person, { phone: '2' });
    world.readMarketo(person);
    world.carryOut();
    world.carryOut();
    expect(world.dynamics.column(row, 'telephone1')).toBe('1');

    world.dynamics.edit(row, { jobtitle: 'Captain' });
    const { telephone1: _hidden, ...fields } = world.dynamics.change(row, 'LIVE').fields ?? {};
    world.handRow(row, { ...world.dynamics.change(row, 'LIVE'), fields });
    world.carryOut();

    expect(world.dynamics.column(row, 'telephone1')).toBe('2');
  });
});

describe('an environment that was restored', () => {
  it('is believed under its new epoch, although its version numbers are lower', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row } = pair;
    const restored = world.dynamics.change(row, 'BACKFILL');
    world.dynamics.edit(row, { telephone1: '2' });
    world.settle();

    const version = { epoch: 2, number: restored.version?.number ?? 0 };
    world.handRow(row, { ...restored, version });

    expect(world.record(`dynamics/lead/${row}`).fields['phone']?.value).toBe('1');
  });
});
