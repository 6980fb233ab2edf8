import type { SyncStateStore } from '../goldenStore.ts';

/** The promises of `SyncStateStore`; `open` gives an empty store each time. */
export function syncStateContract(name: string, open: () => Promise<SyncStateStore>): void {
  describe(`${name} as sync state`, () => {
    it('does not call the first reads complete before somebody says so', async () => {
      const store = await open();

      expect(await store.firstReadsComplete()).toBe(false);
    });

    it('remembers that the first reads are complete, however often it is told', async () => {
      const store = await open();

      await store.markFirstReadsComplete();
      await store.markFirstReadsComplete();

      expect(await store.firstReadsComplete()).toBe(true);
    });

    it('raises the epoch of revisions, and never takes it back', async () => {
      const store = await open();
      expect(await store.revisionEpoch()).toBe(1);

      await store.raiseRevisionEpoch(1_795_341_600);
      await store.raiseRevisionEpoch(7);

      expect(await store.revisionEpoch()).toBe(1_795_341_600);
    });

    it('remembers the last origin of each system, and none before', async () => {
      const store = await open();
      expect(await store.originOf('marketo')).toBeNull();

      await store.rememberOrigin('marketo', 'https://one.example');
      await store.rememberOrigin('marketo', 'https://two.example');

      expect(await store.originOf('marketo')).toBe('https://two.example');
      expect(await store.originOf('dynamics')).toBeNull();
      expect(await store.firstReadsComplete()).toBe(false);
    });
  });
}
