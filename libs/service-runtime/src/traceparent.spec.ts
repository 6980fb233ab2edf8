import { childTraceparent, newTraceparent } from './traceparent.ts';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

function countingRandom() {
  let calls = 0;

  return () => (++calls % 97) / 97;
}

describe('traceparent', () => {
  it('begins a sampled trace with ids of the standard length', () => {
    expect(newTraceparent(countingRandom())).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('keeps trace and flags in a child and gives it a span of its own', () => {
    const child = childTraceparent(parent, countingRandom());

    expect(child).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
  });

  it.each([null, undefined, '', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'begins a new trace when the parent is %s',
    (malformed) => {
      expect(childTraceparent(malformed, countingRandom())).toBe(newTraceparent(countingRandom()));
    },
  );

  it('never makes an id of zeros only', () => {
    expect(newTraceparent(() => 0)).toBe(`00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01`);
  });
});
