import type { Conflict } from '@lockstep/change-events';
import type { PastConflictStore } from '../pastConflicts.ts';

/** Far enough ahead that nothing expires while a suite runs. */
const times = { nowMs: 4_000_000_000_000, keptMs: 86_400_000 };

const conflictAt = (minute: number, field = 'city'): Conflict => ({
  ...{ field, winner: 'dynamics', winnerValue: 'Lyon', loserValue: null, rule: 'policy' },
  at: `2026-11-28T10:0${minute}:00.000Z`,
});

/** What every store of past conflicts promises; `open` answers an empty one. */
export function pastConflictsContract(name: string, open: () => Promise<PastConflictStore>): void {
  describe(`past conflicts in ${name}`, () => {
    it('come back as they were, oldest first, of their record alone', async () => {
      const store = await open();
      const past = [conflictAt(2), conflictAt(1, 'title')].map((conflict) => ({ goldenId: 'a', conflict }));
      await store.add([...past, { goldenId: 'b', conflict: conflictAt(3) }], times);

      expect(await store.read('a', 10)).toEqual([conflictAt(1, 'title'), conflictAt(2)]);
      expect(await store.read('c', 10)).toEqual([]);
    });

    it('are kept once, however often they are added', async () => {
      const store = await open();
      const past = [{ goldenId: 'a', conflict: conflictAt(1) }];
      await store.add(past, times);
      await store.add(past, times);

      expect(await store.read('a', 10)).toHaveLength(1);
    });

    it('are two when two decisions of one moment ruled alike', async () => {
      const store = await open();
      const past = ['1.4/city', '1.5/city'].map((decision) => ({
        ...{ goldenId: 'a', conflict: { ...conflictAt(1), decision } },
      }));
      await store.add(past, times);

      expect(await store.read('a', 10)).toHaveLength(2);
    });

    it('are the newest where there are more than asked for', async () => {
      const store = await open();
      const past = [1, 2, 3].map((minute) => ({ goldenId: 'a', conflict: conflictAt(minute) }));
      await store.add(past, times);

      expect(await store.read('a', 2)).toEqual([conflictAt(2), conflictAt(3)]);
    });
  });
}
