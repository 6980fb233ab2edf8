import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import type { GoldenStore } from '../goldenStore.ts';
import type { TroubleReader } from '../troubleReader.ts';

/** The reader, and the store that writes what it reads. */
export type TroubleStores = { readonly golden: GoldenStore; readonly troubles: TroubleReader };

const at = (minute: number): string => `2026-11-28T03:${String(minute).padStart(2, '0')}:00.000Z`;

/** A record that waits as a whole. */
function waiting(goldenId: string, minute: number, code = 'MARKETO_REFUSED'): GoldenRecord {
  const record = newGoldenRecord(goldenId);
  const cause = code === 'MARKETO_REFUSED' ? 'refused' : 'review';
  return { ...record, waiting: { cause, code, dueAtMs: 1 }, troubledSince: at(minute) };
}

/** A record with a field that Dynamics refused. */
function parked(goldenId: string, minute: number): GoldenRecord {
  const row = {
    ...({ system: 'dynamics', table: 'lead', id: goldenId, active: true, deletedAt: null } as const),
    ...{ missing: false, version: null, page: { epoch: 1, number: 1 }, filter: null, decidedEvidence: [] },
    ...{ seen: {}, inFlight: {}, parked: { fax: { value: 'x', code: 'DYNAMICS_REFUSED' } } },
  };
  return { ...newGoldenRecord(goldenId), rows: [row], troubledSince: at(minute) };
}

/** The promises of `TroubleReader`; `open` gives empty stores each time. */
export function troubleReaderContract(name: string, open: () => Promise<TroubleStores>): void {
  describe(`${name} as reader of troubles`, () => {
    async function opened(...records: GoldenRecord[]) {
      const stores = await open();
      await stores.golden.save(records.map((record) => ({ record, expected: null })));
      return stores;
    }
    const idsOf = ({ records }: { records: readonly GoldenRecord[] }) =>
      records.map(({ goldenId }) => goldenId);

    it('gives records in trouble page by page, whole, those that wait for longest first', async () => {
      const others = [newGoldenRecord('calm'), waiting('c', 3), parked('a', 2)];
      const { troubles } = await opened(waiting('b', 1), ...others, waiting('d', 3));

      const first = await troubles.page({}, { after: null, limitMax: 3 });
      const second = await troubles.page({}, { after: first.next, limitMax: 3 });

      expect(idsOf(first)).toEqual(['b', 'a', 'c']);
      expect(first.records[1]).toEqual(parked('a', 2));
      expect(idsOf(second)).toEqual(['d']);
      expect(second.next).toBeNull();
    });

    it('gives those of a side, of a code, and of a time, its end excluded', async () => {
      const { troubles } = await opened(
        waiting('a', 1),
        parked('b', 2),
        waiting('c', 3, 'MARKETO_AMBIGUOUS'),
        waiting('d', 4),
      );
      const ids = async (filter: Parameters<TroubleReader['page']>[0]) =>
        idsOf(await troubles.page(filter, { after: null, limitMax: 10 }));

      expect(await ids({ side: 'dynamics' })).toEqual(['b']);
      expect(await ids({ code: 'MARKETO_REFUSED' })).toEqual(['a', 'd']);
      expect(await ids({ side: 'dynamics', code: 'MARKETO_REFUSED' })).toEqual([]);
      expect(await ids({ from: at(2), until: at(4) })).toEqual(['b', 'c']);
    });

    it('compares times, whether they are written with a fraction or not', async () => {
      const whole = '2026-11-28T03:05:00Z';
      const { troubles } = await opened(waiting('a', 4), { ...waiting('b', 5), troubledSince: whole });
      const ids = async (filter: Parameters<TroubleReader['page']>[0]) =>
        idsOf(await troubles.page(filter, { after: null, limitMax: 10 }));

      expect(await ids({ until: '2026-11-28T03:05:00.500Z' })).toEqual(['a', 'b']);
      expect(await ids({ from: '2026-11-28T03:04:00.500Z' })).toEqual(['b']);
      expect(await ids({ from: '2026-11-28T03:04:00Z', until: whole })).toEqual(['a']);
      expect(await ids({ from: '2026-11-28', until: '2026-11-29' })).toEqual(['a', 'b']);
    });

    it('counts them by side and code, and says when it did not see all', async () => {
      const { troubles } = await opened(waiting('a', 2), parked('b', 1), waiting('c', 3));

      expect(await troubles.count(10)).toEqual({
        counts: [
          { side: 'marketo', code: 'MARKETO_REFUSED', records: 2, since: at(2) },
          { side: 'dynamics', code: 'DYNAMICS_REFUSED', records: 1, since: at(1) },
        ],
        isWhole: true,
      });
      expect(await troubles.count(1)).toEqual({
        counts: [{ side: 'dynamics', code: 'DYNAMICS_REFUSED', records: 1, since: at(1) }],
        isWhole: false,
      });
    });

    it('forgets a record whose trouble is over', async () => {
      const { golden, troubles } = await opened(waiting('a', 1));
      const calm = { ...newGoldenRecord('a'), revision: { epoch: 1, number: 1 } };

      await golden.save([{ record: calm, expected: waiting('a', 1).revision }]);

      expect(await troubles.page({}, { after: null, limitMax: 10 })).toEqual({ records: [], next: null });
    });
  });
}
