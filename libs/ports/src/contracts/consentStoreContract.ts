import type { Consent } from '@lockstep/reconciliation';
import type { ConsentStore } from '../goldenStore.ts';

const claim = 'email/ada@example.org';

const consentOf = (changes: Partial<Consent> = {}): Consent => ({
  ...{ claim, optedOut: true, revision: 1, goldenId: 'g1', source: 'marketo', changedAt: null },
  shownAt: { epoch: 2, number: 4_000_000_000 },
  ...changes,
});

/** The promises of `ConsentStore`; `open` gives an empty store each time. */
export function consentStoreContract(name: string, open: () => Promise<ConsentStore>): void {
  describe(`${name} as consent store`, () => {
    it('reads the wish of an address as it was saved, and none for an address without one', async () => {
      const store = await open();
      await store.save([{ consent: consentOf({ changedAt: '2026-11-22T10:00:00Z' }), expected: 0 }]);

      expect(await store.read([claim, 'email/nobody@example.org'])).toEqual(
        new Map([[claim, consentOf({ changedAt: '2026-11-22T10:00:00Z' })]]),
      );
      expect(await store.read([])).toEqual(new Map());
    });

    it('replaces a wish of the expected revision and refuses all others by their address', async () => {
      const store = await open();
      const other = 'email/bob@example.org';
      await store.save([{ consent: consentOf(), expected: 0 }]);

      const refused = await store.save([
        { consent: consentOf({ goldenId: 'late' }), expected: 0 },
        { consent: consentOf({ claim: other }), expected: 0 },
      ]);
      const lifted = consentOf({ optedOut: false, revision: 2, goldenId: 'g2' });

      expect(refused).toEqual(new Set([claim]));
      expect(await store.save([{ consent: lifted, expected: 1 }])).toEqual(new Set());
      expect(await store.save([{ consent: consentOf({ revision: 2 }), expected: 1 }])).toEqual(
        new Set([claim]),
      );
      expect(await store.read([claim, other])).toEqual(
        new Map([
          [claim, lifted],
          [other, consentOf({ claim: other })],
        ]),
      );
    });

    it('takes one of many wishes that were decided from the same revision', async () => {
      const store = await open();
      const changes = Array.from({ length: 8 }, (_, index) => consentOf({ goldenId: `g${index}` }));

      const refused = await Promise.all(changes.map((consent) => store.save([{ consent, expected: 0 }])));

      expect(refused.filter(({ size }) => size === 0)).toHaveLength(1);
    });
  });
}
