import type { Sequence } from '@lockstep/change-events';
import type { GoldenRecord, Waiting } from '@lockstep/reconciliation';
import type { GoldenStore } from '../goldenStore.ts';

const revision = (number: number): Sequence => ({ epoch: 1, number });

function goldenRecord(goldenId: string, changes: Partial<GoldenRecord> = {}): GoldenRecord {
  return {
    goldenId,
    revision: revision(1),
    kind: 'lead',
    aliasOf: null,
    fields: {},
    rows: [],
    outbox: [],
    waiting: null,
    conflicts: [],
    lane: 'LIVE',
    dueAtMs: null,
    ...changes,
  };
}

const everyPart = goldenRecord('full', {
  entity: 'account',
  apart: true,
  withheld: { dynamics: true },
  forecast: { dynamics: [{ operation: 'UPDATE', table: 'lead', fields: ['fax', 'jobtitle'] }] },
  troubledSince: '2026-11-28T03:00:00Z',
  held: { dueAtMs: 20, attempts: 2, takenBack: ['externalSalesPersonId'] },
  revision: { epoch: 2, number: Number.MAX_SAFE_INTEGER },
  fields: {
    email: {
      value: null,
      source: 'dynamics',
      changedAt: '2026-11-21T10:00:00Z',
      eventId: 'e1',
      rule: 'first-meeting',
      base: undefined,
      agreed: false,
    },
    annualRevenue: {
      value: 1200.5,
      source: 'marketo',
      changedAt: null,
      eventId: 'e2',
      rule: 'native',
      base: null,
      agreed: true,
    },
  },
  rows: [
    {
      system: 'marketo',
      table: 'lead',
      id: '17',
      active: true,
      deletedAt: null,
      missing: false,
      version: null,
      page: revision(7),
      filter: null,
      seen: { email: { value: '', at: revision(5), unconfirmed: true } },
      inFlight: { email: { value: 'ada@example.org', revision: revision(2) } },
      parked: { phone: { value: true, code: 'MARKETO_REFUSED' } },
      decidedEvidence: ['102:1', '102:2'],
    },
  ],
  outbox: [
    {
      kind: 'dynamics-write',
      entryId: 'w1',
      table: 'lead',
      rowId: 'r1',
      ifMatch: revision(4_000_000_000),
      columns: { leadsourcecode: 1, donotphone: false, fax: null },
      attempts: 0,
      dueAtMs: 1_795_000_000_000,
    },
  ],
  waiting: { cause: 'join', code: null, dueAtMs: 1_795_000_000_001 },
  conflicts: [
    {
      field: 'email',
      winner: 'marketo',
      winnerValue: 'ada@example.org',
      loserValue: null,
      rule: 'native',
      at: '2026-11-21T10:00:00Z',
    },
  ],
  dueAtMs: 1_795_000_000_000,
});

/** The promises of `GoldenStore`; `open` gives an empty store each time. */
export function goldenStoreContract(name: string, open: () => Promise<GoldenStore>): void {
  describe(`${name} as golden store`, () => {
    const insert = (store: GoldenStore, ...records: GoldenRecord[]) =>
      store.save(records.map((record) => ({ record, expected: null })));

    it('gives back every part of a record as it was saved, and only records it has', async () => {
      const store = await open();

      expect(await insert(store, everyPart)).toEqual(new Set());
      const loaded = await store.load(['full', 'absent']);

      expect([...loaded.keys()]).toEqual(['full']);
      expect(loaded.get('full')).toEqual(everyPart);
      expect(loaded.get('full')?.fields['email']?.base).toBeUndefined();
      expect(loaded.get('full')?.fields['annualRevenue']?.base).toBeNull();
    });

    it('refuses a stale revision and saves the others of the batch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a'), goldenRecord('b'), goldenRecord('c'));
      const next = (goldenId: string) => goldenRecord(goldenId, { revision: revision(2), kind: 'contact' });
      await store.save([{ record: goldenRecord('b', { revision: revision(2) }), expected: revision(1) }]);

      const refused = await store.save(
        ['a', 'b', 'c'].map((goldenId) => ({ record: next(goldenId), expected: revision(1) })),
      );

      expect(refused).toEqual(new Set(['b']));
      const loaded = await store.load(['a', 'b', 'c']);
      expect([...loaded.values()].map(({ goldenId, kind }) => [goldenId, kind]).sort()).toEqual([
        ['a', 'contact'],
        ['b', 'lead'],
        ['c', 'contact'],
      ]);
    });

    it('refuses a revision of another epoch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a', { revision: { epoch: 2, number: 1 } }));

      const save = { record: goldenRecord('a', { revision: revision(2) }), expected: revision(1) };

      expect(await store.save([save])).toEqual(new Set(['a']));
    });

    it('refuses to insert what is there, and inserts and saves the others of the batch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a'), goldenRecord('b'));

      const refused = await store.save([
        { record: goldenRecord('a', { kind: 'contact' }), expected: null },
        { record: goldenRecord('new'), expected: null },
        { record: goldenRecord('b', { revision: revision(2) }), expected: revision(1) },
      ]);

      expect(refused).toEqual(new Set(['a']));
      const loaded = await store.load(['a', 'b', 'new']);
      expect(loaded.size).toBe(3);
      expect(loaded.get('a')?.kind).toBe('lead');
      expect(loaded.get('b')?.revision).toEqual(revision(2));
    });

    it('refuses to save over a record that is not there', async () => {
      const store = await open();

      const refused = await store.save([
        { record: goldenRecord('gone', { revision: revision(2) }), expected: revision(1) },
      ]);

      expect(refused).toEqual(new Set(['gone']));
      expect((await store.load(['gone'])).size).toBe(0);
    });

    it.each([
      ['saves', revision(1)],
      ['inserts', null],
    ])(
      'lets exactly one of concurrent %s win, though all carry the same revision',
      async (_kind, expected) => {
        const store = await open();
        if (expected) await insert(store, goldenRecord('a'));
        const rivals = Array.from({ length: 8 }, (_, rival) =>
          goldenRecord('a', { revision: revision(2), aliasOf: `rival ${rival}` }),
        );

        const refused = await Promise.all(rivals.map((record) => store.save([{ record, expected }])));

        const winners = rivals.filter((_, rival) => refused[rival]?.size === 0);
        expect(winners).toHaveLength(1);
        expect((await store.load(['a'])).get('a')).toEqual(winners[0]);
      },
    );

    it('refuses a batch that names one record twice', async () => {
      const store = await open();

      await expect(insert(store, goldenRecord('a'), goldenRecord('a'))).rejects.toMatchObject({
        code: 'INTERNAL',
      });
    });

    it('does nothing for an empty batch', async () => {
      const store = await open();

      expect(await store.save([])).toEqual(new Set());
      expect(await store.load([])).toEqual(new Map());
    });

    it('finds what is due, oldest first, up to the limit, and nothing that waits for no time', async () => {
      const store = await open();
      const due = (goldenId: string, dueAtMs: number | null) => goldenRecord(goldenId, { dueAtMs });
      await insert(store, due('d', 400), due('never', null), due('b', 200), due('a', 0), due('c', 300));

      expect(await store.findDue(300, 10)).toEqual(['a', 'b', 'c']);
      expect(await store.findDue(1_000, 2)).toEqual(['a', 'b']);
      expect(await store.findDue(-1, 10)).toEqual([]);
    });

    it('finds what waits for one cause, up to the limit, and nothing that no longer waits', async () => {
      const store = await open();
      const firstReads: Waiting = { cause: 'first-reads', code: null, dueAtMs: 100 };
      const waiting = (goldenId: string, cause: Waiting | null) => goldenRecord(goldenId, { waiting: cause });
      await insert(
        store,
        ...['a', 'b', 'done'].map((goldenId) => waiting(goldenId, firstReads)),
        waiting('review', { ...firstReads, cause: 'review' }),
        waiting('free', null),
      );
      await store.save([{ record: goldenRecord('done', { revision: revision(2) }), expected: revision(1) }]);

      expect([...(await store.findWaiting('first-reads', 10))].sort()).toEqual(['a', 'b']);
      expect(await store.findWaiting('first-reads', 1)).toHaveLength(1);
    });

    it('finds what is withheld from a system, up to the limit, and nothing that was written since', async () => {
      const store = await open();
      const withheld = (goldenId: string, from: GoldenRecord['withheld'] = { marketo: true }) =>
        goldenRecord(goldenId, { withheld: from });
      await insert(
        store,
        withheld('a'),
        withheld('b', { marketo: true, dynamics: true }),
        goldenRecord('free'),
      );
      await insert(store, withheld('done'), withheld('other', { dynamics: true }));
      await store.save([{ record: goldenRecord('done', { revision: revision(2) }), expected: revision(1) }]);

      expect([...(await store.findWithheld('marketo', 10))].sort()).toEqual(['a', 'b']);
      expect(await store.findWithheld('dynamics', 1)).toHaveLength(1);
      expect([await store.countWithheld('marketo'), await store.countWithheld('dynamics')]).toEqual([2, 2]);
    });

    it('finds who names a row, page after page, and nobody who names another one', async () => {
      const store = await open();
      const naming = (goldenId: string, ...names: string[]) => goldenRecord(goldenId, { names });
      await insert(store, naming('c', 'x'), naming('a', 'w', 'x'), naming('b', 'y'), naming('d', 'z'));
      await insert(store, goldenRecord('e'));

      expect(await store.findNaming(['x', 'y'], null, 2)).toEqual(['a', 'b']);
      expect(await store.findNaming(['x', 'y'], 'b', 2)).toEqual(['c']);
      expect(await store.findNaming([], null, 2)).toEqual([]);
    });

    it('shows every record once, page after page, in the order of their ids', async () => {
      const store = await open();
      await insert(store, ...['d', 'a', 'c', 'b'].map((goldenId) => goldenRecord(goldenId)));
      const ids = async (after: string | null, limitMax: number) =>
        (await store.page(after, limitMax)).map(({ goldenId }) => goldenId);

      expect(await ids(null, 3)).toEqual(['a', 'b', 'c']);
      expect(await ids('c', 3)).toEqual(['d']);
      expect(await ids('d', 3)).toEqual([]);
    });

    it('forgets the due time of a record that has nothing open any more', async () => {
      const store = await open();
      await insert(store, goldenRecord('a', { dueAtMs: 1 }));

      await store.save([{ record: goldenRecord('a', { revision: revision(2) }), expected: revision(1) }]);

      expect(await store.findDue(10, 10)).toEqual([]);
      expect((await store.load(['a'])).get('a')?.dueAtMs).toBeNull();
    });
  });
}
