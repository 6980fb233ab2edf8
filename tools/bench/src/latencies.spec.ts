import { paceOf, quantile } from './latencies.ts';

describe('latencies', () => {
  it('takes the pace of calls from the first to the last', () => {
    expect(paceOf([0, 30_000, 60_000, 90_000])).toBe(2_880);
    expect(paceOf([5])).toBe(0);
  });

  it.each([
    [0.5, 3],
    [0.99, 4],
    [0, 1],
  ])('finds the value that a share of %d does not exceed', (share, value) => {
    expect(quantile([4, 1, 3, 2], share)).toBe(value);
  });
});
