import { canonicalValue } from './canonicalValue.ts';

describe('values of several options', () => {
  const several = { type: 'options' } as const;
  const chosen = [
    { value: 2, label: 'Steam' },
    { value: 1, label: 'Looms' },
  ];

  it('are the same on both sides, whatever their order', () => {
    expect(canonicalValue(several, chosen)).toBe(canonicalValue(several, 'Looms;Steam'));
    expect(canonicalValue(several, chosen)).not.toBe(canonicalValue(several, 'Looms'));
  });

  it.each([[[]], [null], ['']])('are null when nothing is chosen: %j', (value) => {
    expect(canonicalValue(several, value)).toBeNull();
  });
});
