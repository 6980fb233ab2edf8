import { hasLabels, optionLabel, optionNumber } from './optionSets.ts';

const own = { labels: { Hot: 1, Odd: 9 } };
const stock = { optionSet: 'leadqualitycode' } as const;

describe('the labels of an option set', () => {
  it.each([
    [own, 'Hot', 1],
    [own, 'Warm', undefined],
    [stock, 'Warm', 2],
    [{ ...stock, ...own }, 'Odd', 9],
    [{ ...stock, ...own }, 'Warm', undefined],
    [{}, 'Hot', undefined],
    [stock, 'constructor', undefined],
  ])('of %j have for %j the number %j', (row, label, number) => {
    expect(optionNumber(row, label)).toBe(number);
    if (number !== undefined) expect(optionLabel(row, number)).toBe(label);
  });

  it('are none for a number that no label has', () => {
    expect(optionLabel(stock, 4)).toBeUndefined();
    expect(optionLabel({}, 1)).toBeUndefined();
    expect([own, stock, {}].map(hasLabels)).toEqual([true, true, false]);
  });
});
