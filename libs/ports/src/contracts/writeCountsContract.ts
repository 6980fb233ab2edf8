import { noWrites, type WriteCountStore } from '../writeCounts.ts';

/** What every store of write counts promises; `open` answers an empty one. */
export function writeCountsContract(name: string, open: () => Promise<WriteCountStore>): void {
  const minuteMs = 60_000;
  const nowMs = 1_800_000_000_000;

  describe(`counts of writes in ${name}`, () => {
    it('are nothing before the first', async () => {
      expect(await (await open()).total('marketo', nowMs)).toEqual(noWrites);
    });

    it('add up over everybody who counts, of each system by itself', async () => {
      const counts = await open();
      const add = (changed: number) => counts.add('marketo', nowMs, { ...noWrites, changed });

      await Promise.all([add(2), add(3), counts.add('dynamics', nowMs, { ...noWrites, created: 7 })]);
      await counts.add('marketo', nowMs + minuteMs, { ...noWrites, changed: 1, blanked: 1, deleted: 4 });

      expect(await counts.total('marketo', nowMs)).toEqual({
        changed: 6,
        blanked: 1,
        created: 0,
        deleted: 4,
      });
      expect(await counts.total('dynamics', nowMs)).toEqual({ ...noWrites, created: 7 });
    });

    it('are asked for since a minute', async () => {
      const counts = await open();
      await counts.add('marketo', nowMs, { ...noWrites, changed: 5 });
      await counts.add('marketo', nowMs + 2 * minuteMs, { ...noWrites, changed: 1 });

      expect(await counts.total('marketo', nowMs + minuteMs)).toEqual({ ...noWrites, changed: 1 });
    });
  });
}
