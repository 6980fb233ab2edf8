import type { OutcomeCount, OutcomeCountStore } from '../outcomeCounts.ts';

/** What every store of outcome counts promises; `open` answers an empty one. */
export function outcomeCountsContract(name: string, open: () => Promise<OutcomeCountStore>): void {
  const [minuteMs, nowMs] = [60_000, 1_800_000_000_000];
  const person = (done: number, refused = 0): OutcomeCount => ({
    ...{ system: 'marketo', entity: 'person' },
    ...{ done, refused },
  });

  describe(`counts of outcomes in ${name}`, () => {
    it('are nothing before the first', async () => {
      expect(await (await open()).totals(nowMs)).toEqual([]);
    });

    it('add up over everybody who counts, of each system and entity by itself', async () => {
      const counts = await open();
      const row: OutcomeCount = { ...person(0, 4), system: 'dynamics' };
      const car: OutcomeCount = { ...person(1), entity: 'new_car' };

      await Promise.all([counts.add(nowMs, [person(2, 1), row]), counts.add(nowMs, [person(3)])]);
      await counts.add(nowMs + minuteMs, [car, person(1)]);

      expect(await counts.totals(nowMs)).toEqual([row, car, person(6, 1)]);
    });

    it('are asked for since a minute', async () => {
      const counts = await open();
      await counts.add(nowMs, [person(5)]);
      await counts.add(nowMs + 2 * minuteMs, [person(1)]);

      expect(await counts.totals(nowMs + minuteMs)).toEqual([person(1)]);
    });
  });
}
