import { newGoldenRecord, type DynamicsWriteEntry, type GoldenRecord } from '@lockstep/reconciliation';
import type { GoldenStore } from '../goldenStore.ts';
import type { WaitingWriteReader } from '../waitingWrites.ts';

/** The reader, and the store that writes what it reads. */
export type WaitingWriteStores = { readonly golden: GoldenStore; readonly waitingWrites: WaitingWriteReader };

const at = (minute: number): string => `2026-11-28T03:${String(minute).padStart(2, '0')}:00.000Z`;

/** A record with a write to Dynamics; a creation where it has no version to match. */
function writing(goldenId: string, minute: number, version: number | null = 1): GoldenRecord {
  const ifMatch = version === null ? null : { epoch: 1, number: version };
  const write: DynamicsWriteEntry = {
    ...({ kind: 'dynamics-write', entryId: goldenId, table: 'lead', rowId: goldenId, ifMatch } as const),
    ...{ columns: {}, issuedAt: at(minute), attempts: 0, dueAtMs: 1 },
  };
  return { ...newGoldenRecord(goldenId), outbox: [write] };
}

/** The promises of `WaitingWriteReader`; `open` gives empty stores each time. */
export function waitingWritesContract(name: string, open: () => Promise<WaitingWriteStores>): void {
  describe(`${name} as reader of what waits to be written`, () => {
    async function opened(...records: GoldenRecord[]) {
      const stores = await open();
      await stores.golden.save(records.map((record) => ({ record, expected: null })));
      return stores;
    }
    const counted = (operation: string, writes: number, minute: number) => ({
      ...{ side: 'dynamics', entity: 'person', operation, writes, since: at(minute) },
    });

    it('counts creations and updates apart, with the age of the oldest of each', async () => {
      const records = [writing('a', 3), writing('b', 1), writing('c', 2, null), newGoldenRecord('calm')];
      const { waitingWrites } = await opened(...records);

      expect(await waitingWrites.count(10)).toEqual({
        counts: [counted('CREATE', 1, 2), counted('UPDATE', 2, 1)],
        isWhole: true,
      });
    });

    it('looks at those that have waited for longest, and says when it did not see all', async () => {
      const { waitingWrites } = await opened(writing('a', 3), writing('b', 1), writing('c', 2, null));

      expect(await waitingWrites.count(2)).toEqual({
        counts: [counted('CREATE', 1, 2), counted('UPDATE', 1, 1)],
        isWhole: false,
      });
    });

    it('forgets a record that waits no more', async () => {
      const { golden, waitingWrites } = await opened(writing('a', 1));
      const calm = { ...newGoldenRecord('a'), revision: { epoch: 1, number: 1 } };

      await golden.save([{ record: calm, expected: writing('a', 1).revision }]);

      expect(await waitingWrites.count(10)).toEqual({ counts: [], isWhole: true });
    });
  });
}
