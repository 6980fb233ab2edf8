import { SyncError } from '@lockstep/change-events';
import type { Lease, LeaseKeeper } from '../lease.ts';

/** Two processes that want the same leases. */
export type LeaseHarness = {
  readonly first: LeaseKeeper;
  readonly second: LeaseKeeper;
  /** Takes the lease from its holder, as a broker does that has not heard from it. */
  takeAway(name: string): Promise<void>;
  close(): Promise<void>;
};

const waitTimeoutMs = 20_000;
const pollMs = 10;
const settleMs = 300;

async function waitUntil(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue(); waitedMs += pollMs) {
    if (waitedMs > waitTimeoutMs) throw new Error('waited in vain');
    await pause(pollMs);
  }
}

const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

type Holder = {
  /** The leases this process was given, oldest first. */
  readonly terms: { readonly lease: Lease; readonly signal: AbortSignal }[];
  isHolding(): boolean;
  stop(): Promise<void>;
};

/** Holds `name` whenever it can, until stopped. */
function holdOn(keeper: LeaseKeeper, name: string): Holder {
  const stopping = new AbortController();
  const terms: Holder['terms'] = [];
  const done = keeper.hold(
    name,
    (lease, signal) => {
      terms.push({ lease, signal });
      return aborted(signal);
    },
    stopping.signal,
  );
  return {
    terms,
    isHolding: () => terms.some(({ lease }) => lease.isHeld()),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The promises of `LeaseKeeper`; `open` gives keepers with no lease held each time. */
export function leaseContract(name: string, open: () => Promise<LeaseHarness>): void {
  describe(`${name} as lease keeper`, () => {
    const onKeepers = async (use: (harness: LeaseHarness) => Promise<void>) => {
      const harness = await open();
      try {
        await use(harness);
      } finally {
        await harness.close();
      }
    };

    it('lets one process hold a lease and the other wait, without moving it', () =>
      onKeepers(async ({ first, second }) => {
        const holder = holdOn(first, 'leads');
        await waitUntil(() => holder.isHolding());
        const standby = holdOn(second, 'leads');
        await pause(settleMs);

        expect(holder.isHolding()).toBe(true);
        expect(holder.terms).toHaveLength(1);
        expect(standby.terms).toHaveLength(0);
        await Promise.all([standby.stop(), holder.stop()]);
      }));

    it('keeps leases of different names apart', () =>
      onKeepers(async ({ first, second }) => {
        const leads = holdOn(first, 'leads');
        const contacts = holdOn(second, 'contacts');

        await waitUntil(() => leads.isHolding() && contacts.isHolding());

        await Promise.all([leads.stop(), contacts.stop()]);
        expect(leads.isHolding() || contacts.isHolding()).toBe(false);
      }));

    it('passes the lease on when its holder stops', () =>
      onKeepers(async ({ first, second }) => {
        const holder = holdOn(first, 'leads');
        await waitUntil(() => holder.isHolding());
        const standby = holdOn(second, 'leads');

        await holder.stop();
        await waitUntil(() => standby.isHolding());

        expect(holder.isHolding()).toBe(false);
        expect(holder.terms[0]?.signal.aborted).toBe(true);
        await standby.stop();
      }));

    it('tells a holder that lost its lease', () =>
      onKeepers(async ({ first, takeAway }) => {
        const holder = holdOn(first, 'leads');
        await waitUntil(() => holder.isHolding());

        await takeAway('leads');
        await waitUntil(() => holder.terms[0]?.signal.aborted === true);

        expect(holder.terms[0]?.lease.isHeld()).toBe(false);
        await waitUntil(() => holder.terms.length > 1 && holder.isHolding());
        await holder.stop();
      }));

    it('rejects as the holder does', () =>
      onKeepers(async ({ first }) => {
        const failing = first.hold(
          'leads',
          () => Promise.reject(new SyncError('CONFIG_INVALID')),
          new AbortController().signal,
        );

        await expect(failing).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      }));

    it('waits again after a holder that noticed the loss by itself', () =>
      onKeepers(async ({ first, takeAway }) => {
        const stopping = new AbortController();
        let terms = 0;
        const held = first.hold(
          'leads',
          async (lease, signal) => {
            if (++terms > 1) return stopping.abort();
            await takeAway('leads');
            await aborted(signal);
            if (!lease.isHeld()) throw new SyncError('LEASE_LOST');
          },
          stopping.signal,
        );

        await held;

        expect(terms).toBe(2);
      }));
  });
}
