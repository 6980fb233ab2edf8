import type { Scalar } from '@lockstep/change-events';
import { conflictsOf, linkedPair, strangers, values, writesTo } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';

/** The worked examples of docs/conflict-resolution.md about several options that both sides choose (F-16). */

const hobbies: MappingRow = {
  ...{ field: 'hobbies', type: 'options', direction: 'both', marketo: 'crmHobbies' },
  columns: { lead: 'new_hobbies', contact: 'new_hobbies' },
  labels: { Chess: 4, Sailing: 30, Opera: 7 },
  conflict: { lead: 'union', contact: 'union' },
};
const mapping = [...exampleMapping, hobbies];
const pairWith = (chosen: Scalar) => linkedPair('contact', { new_hobbies: chosen }, { mapping });

describe('several options', () => {
  it('are numbers in Dynamics and labels in Marketo, in both directions', () => {
    const pair = pairWith('4,30');
    expect(values(pair, 'hobbies')).toEqual(['4,30', 'Chess;Sailing', 'Chess;Sailing']);

    pair.world.marketo.write(pair.person, { crmHobbies: 'Opera' });
    pair.world.settle();
    expect(values(pair, 'hobbies')).toEqual(['7', 'Opera', 'Opera']);

    pair.world.dynamics.edit(pair.row, { new_hobbies: null });
    pair.world.settle();
    expect(values(pair, 'hobbies')).toEqual([null, null, null]);
  });

  it('in another order, or with blanks between, are no edit', () => {
    const pair = pairWith('4,30');
    pair.world.marketo.write(pair.person, { crmHobbies: ' Sailing; Chess' });
    pair.world.settle();

    expect(writesTo(pair.world, 'dynamics')).toEqual([]);
    expect(writesTo(pair.world, 'marketo')).toEqual([]);
  });
});

describe('a union of several options', () => {
  it.each([
    ['4,30', 'Opera;Chess', '4,7,30', 'Chess;Opera;Sailing'],
    ['4,30', '', '30', 'Sailing'],
    [null, 'Chess;Opera', '7', 'Opera'],
    ['7', 'Opera', '7', 'Opera'],
    ['30', 'Chess', '30', 'Sailing'],
  ])('of Chess, Dynamics makes %j and Marketo %j: %s', (inDynamics, inMarketo, numbers, labels) => {
    const pair = pairWith('4');
    pair.world.dynamics.edit(pair.row, { new_hobbies: inDynamics });
    pair.world.marketo.write(pair.person, { crmHobbies: inMarketo });
    pair.world.settle();

    expect(values(pair, 'hobbies')).toEqual([numbers, labels, labels]);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('is the same when our write ran over the edit of Marketo', () => {
    const pair = pairWith('4');
    pair.world.dynamics.edit(pair.row, { new_hobbies: '4,30' });
    pair.world.readDynamics(pair.row);
    pair.world.marketo.write(pair.person, { crmHobbies: 'Chess;Opera' });
    pair.world.carryOut();
    expect(pair.world.marketo.field(pair.person, 'crmHobbies')).toBe('Chess;Sailing');
    pair.world.settle();

    expect(values(pair, 'hobbies')).toEqual(['4,7,30', 'Chess;Opera;Sailing', 'Chess;Opera;Sailing']);
  });

  it('has no base at a first meeting: everything that either side has', () => {
    const pair = strangers({ new_hobbies: '4' }, { crmHobbies: 'Opera' }, { mapping });
    pair.world.settle();

    expect(values(pair, 'hobbies')).toEqual(['4,7', 'Chess;Opera', 'Chess;Opera']);
  });

  it('keeps a label that Dynamics lacks in Marketo, whatever is edited in Dynamics', () => {
    const pair = pairWith('4');
    pair.world.marketo.write(pair.person, { crmHobbies: 'Chess;Falconry' });
    pair.world.settle();
    pair.world.dynamics.edit(pair.row, { new_hobbies: '4,30' });
    pair.world.settle();

    expect(values(pair, 'hobbies')).toEqual(['4,30', 'Chess;Sailing;Falconry', 'Chess;Sailing;Falconry']);
  });

  it('keeps an option in Dynamics that has no label', () => {
    const pair = pairWith('4,99');
    pair.world.marketo.write(pair.person, { crmHobbies: 'Chess;Opera;99' });
    pair.world.settle();

    expect(values(pair, 'hobbies')).toEqual(['4,7,99', 'Chess;Opera;99', 'Chess;Opera;99']);
  });
});

it('several options that each side may not unite are decided like any conflict', () => {
  const { conflict: _, ...rest } = hobbies;
  const pair = linkedPair('contact', { new_hobbies: '4' }, { mapping: [...exampleMapping, rest] });
  pair.world.dynamics.edit(pair.row, { new_hobbies: '4,30' });
  pair.world.marketo.write(pair.person, { crmHobbies: 'Chess;Opera' });
  pair.world.settle();

  expect(values(pair, 'hobbies')).toEqual(['4,30', 'Chess;Sailing', 'Chess;Sailing']);
});
