import type { StateEntry } from '@lockstep/checker';
import { arrivalsOf, ownWrites } from './syncArrivals.ts';

const state = (second: number, after: unknown, more: Partial<StateEntry> = {}): StateEntry => ({
  sequence: second,
  at: new Date(second * 1_000).toISOString(),
  actorKind: 'application',
  operation: 'update',
  table: 'person',
  id: '1',
  version: null,
  changed: { title: { before: null, after } },
  ...more,
});
const sent = [
  { value: 'a', atMs: 1_000 },
  { value: 'b', atMs: 2_000 },
];

describe('arrivals of edits on the other side', () => {
  it('are timed to the first commit of their value, and every write of it is counted', () => {
    const states = [state(3, 'a'), state(4, 'a'), state(6, 'b')];

    expect(arrivalsOf(sent, { states, field: 'title' })).toEqual({ timesMs: [2_000, 4_000], writes: 3 });
  });

  it('lack what was not written, and what people entered themselves', () => {
    const states = [state(3, 'a', { actorKind: 'human' }), state(4, 'other')];

    expect(arrivalsOf(sent, { states, field: 'title' })).toEqual({ timesMs: [], writes: 0 });
  });

  it('of a side on itself are counted, its creation aside', () => {
    const states = [
      state(3, 'a', { operation: 'create' }),
      state(4, 'a'),
      state(5, 'b', { actorKind: 'human' }),
    ];

    expect(ownWrites(states, 'title')).toBe(1);
  });
});
