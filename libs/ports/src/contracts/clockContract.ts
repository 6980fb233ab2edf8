import type { Clock } from '../clock.ts';

/** The promises of `Clock`; `open` gives a clock that may be slept on. */
export function clockContract(name: string, open: () => Clock): void {
  describe(`${name} as a clock`, () => {
    it('lets both times pass while it sleeps', async () => {
      const clock = open();
      const [now, monotonic] = [clock.now(), clock.monotonic()];

      await clock.sleep(20, new AbortController().signal);

      expect(clock.now() - now).toBeGreaterThanOrEqual(15);
      expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(15);
    });

    it('wakes at once when the signal aborts, and does not reject', async () => {
      const clock = open();
      const stop = new AbortController();
      const monotonic = clock.monotonic();

      const sleeping = clock.sleep(60_000, stop.signal);
      stop.abort();
      await sleeping;

      expect(clock.monotonic() - monotonic).toBeLessThan(30_000);
    });

    it('does not sleep on a signal that has aborted before', async () => {
      const clock = open();
      const monotonic = clock.monotonic();

      await clock.sleep(60_000, AbortSignal.abort());

      expect(clock.monotonic() - monotonic).toBeLessThan(30_000);
    });
  });
}
