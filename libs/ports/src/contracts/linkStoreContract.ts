import type { ChangeEvent } from '@lockstep/change-events';
import type { LinkStore } from '../goldenStore.ts';

const endOf = (recordId: string, page: number): ChangeEvent => ({
  ...{ eventId: `end/${recordId}/${page}`, operation: 'MERGE', recordId, version: null },
  ...{ page: { epoch: 1, number: page }, changedAt: null, observedAt: '2026-11-29T10:00:00.000Z' },
  ...{ changedBy: null, lane: 'LIVE', fields: null, mergedInto: '9', evidence: null },
});

/** The promises of `LinkStore`; `open` gives an empty store each time. */
export function linkStoreContract(name: string, open: () => Promise<LinkStore>): void {
  describe(`${name} as link store`, () => {
    it('resolves the rows it knows and leaves out the others', async () => {
      const store = await open();
      await store.link(new Map([['dynamics/lead/1', 'g1']]));

      expect(await store.resolve(['dynamics/lead/1', 'dynamics/lead/2'])).toEqual(
        new Map([['dynamics/lead/1', 'g1']]),
      );
      expect(await store.resolve([])).toEqual(new Map());
    });

    it('keeps the first link of a row and tells the later one who was first', async () => {
      const store = await open();
      await store.link(new Map([['marketo/lead/1', 'first']]));

      const stored = await store.link(
        new Map([
          ['marketo/lead/1', 'second'],
          ['marketo/lead/2', 'second'],
        ]),
      );

      const expected = new Map([
        ['marketo/lead/1', 'first'],
        ['marketo/lead/2', 'second'],
      ]);
      expect(stored).toEqual(expected);
      expect(await store.resolve([...expected.keys()])).toEqual(expected);
    });

    it('gives one answer to everybody who links a row at the same time', async () => {
      const store = await open();

      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, rival) => store.link(new Map([['dynamics/lead/1', `g${rival}`]]))),
      );

      const stored = (await store.resolve(['dynamics/lead/1'])).get('dynamics/lead/1');
      expect(stored).toMatch(/^g\d$/);
      expect(new Set(answers.map((answer) => answer.get('dynamics/lead/1')))).toEqual(new Set([stored]));
    });

    it('points rows elsewhere only where they still point at the former record', async () => {
      const store = await open();
      await store.link(
        new Map([
          ['dynamics/lead/1', 'loser'],
          ['dynamics/lead/2', 'other'],
        ]),
      );

      await store.relink(['dynamics/lead/1', 'dynamics/lead/2', 'dynamics/lead/3'], 'loser', 'winner');

      expect(await store.resolve(['dynamics/lead/1', 'dynamics/lead/2', 'dynamics/lead/3'])).toEqual(
        new Map([
          ['dynamics/lead/1', 'winner'],
          ['dynamics/lead/2', 'other'],
        ]),
      );
    });

    it('keeps what ended rows, of each the last, and links nobody to them', async () => {
      const store = await open();
      const last = endOf('1', 8);
      await store.keepEnds(new Map([['marketo/person/1', endOf('1', 7)]]));
      await store.keepEnds(new Map([['marketo/person/1', last]]));
      await store.link(new Map([['marketo/person/2', 'g2']]));

      const keys = ['marketo/person/1', 'marketo/person/2'];
      expect(await store.readEnds(keys)).toEqual(new Map([['marketo/person/1', last]]));
      expect(await store.resolve(keys)).toEqual(new Map([['marketo/person/2', 'g2']]));
    });

    it('does nothing for nothing', async () => {
      const store = await open();

      expect(await store.link(new Map())).toEqual(new Map());
      await expect(store.relink([], 'a', 'b')).resolves.toBeUndefined();
      await expect(store.keepEnds(new Map())).resolves.toBeUndefined();
      expect(await store.readEnds([])).toEqual(new Map());
    });
  });
}
