import { compareSequence, isAfter } from './sequence.ts';

const at = (epoch: number, number: number) => ({ epoch, number });

describe('the order of sequences', () => {
  it('goes by number within an epoch, and a later epoch outranks every number of an earlier one', () => {
    const sequences = [at(2, 1), at(1, 900), null, at(1, 3), at(2, 0)];

    expect(sequences.sort(compareSequence)).toEqual([null, at(1, 3), at(1, 900), at(2, 0), at(2, 1)]);
  });

  it('holds equal what has the same numbers, and what is absent on both sides', () => {
    expect(compareSequence(at(1, 3), at(1, 3))).toBe(0);
    expect(compareSequence(null, undefined)).toBe(0);
  });

  it('calls only what comes strictly later after', () => {
    expect(isAfter(at(1, 4), at(1, 3))).toBe(true);
    expect(isAfter(at(1, 3), at(1, 3))).toBe(false);
    expect(isAfter(at(1, 900), at(2, 0))).toBe(false);
    expect(isAfter(at(0, 0), null)).toBe(true);
    expect(isAfter(null, at(0, 0))).toBe(false);
  });
});
