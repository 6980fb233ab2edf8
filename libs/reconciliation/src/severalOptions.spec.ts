import type { Scalar } from '@lockstep/change-events';
import type { MappingRow } from './mapping.ts';
import { canonicalOptions, labelsOfNumbers, optionNumbers, uniteOptions } from './severalOptions.ts';

const row: MappingRow = {
  ...{ field: 'hobbies', type: 'options', direction: 'both', columns: {}, marketo: 'hobbies' },
  labels: { Sailing: 30, Chess: 4, Opera: 7 },
};

describe('several options', () => {
  it.each<[Scalar, string | null]>([
    ['Sailing; Chess ;Opera', 'Chess;Opera;Sailing'],
    ['Falconry;Chess;Archery', 'Chess;Falconry;Archery'],
    ['Chess;Chess; Chess', 'Chess'],
    ['99;Chess;5', 'Chess;5;99'],
    ['-1;Chess', '-1;Chess'],
    ['9a;Chess', 'Chess;9a'],
    [';; ', null],
    ['', null],
    [null, null],
  ])('of the text %j are %j, in the order of their numbers', (text, labels) => {
    expect(canonicalOptions(row, text)).toBe(labels);
  });

  it.each<[Scalar, string | null]>([
    ['Sailing;Chess', '4,30'],
    ['Sailing;30', '30'],
    ['Chess;Falconry', '4'],
    ['Falconry', null],
    [null, null],
  ])('of the text %j are %j in Dynamics', (text, numbers) => {
    expect(optionNumbers(row, text)).toBe(numbers);
  });

  it.each<[Parameters<typeof labelsOfNumbers>[1], string | null]>([
    ['30,4', 'Chess;Sailing'],
    ['4,99', 'Chess;99'],
    [[{ value: 30, label: 'Boats' }], 'Sailing'],
    [[], null],
    [null, null],
  ])('that Dynamics shows as %j have the labels %j', (shown, labels) => {
    expect(labelsOfNumbers(row, shown)).toBe(labels);
  });

  it.each<[Scalar, Scalar, Scalar, string | null]>([
    ['Chess', 'Chess;Opera', 'Chess', 'Chess;Opera'],
    ['Chess;Sailing', '', 'Chess', 'Sailing'],
    ['Chess', 'Opera', null, 'Chess;Opera'],
    ['Sailing', 'Opera', 'Chess;Sailing', 'Opera'],
    ['Chess', null, 'Chess', null],
  ])('of %j, %j on top of %j makes %j', (held, incoming, base, united) => {
    expect(uniteOptions(row, { held, incoming, base })).toBe(united);
  });
});
