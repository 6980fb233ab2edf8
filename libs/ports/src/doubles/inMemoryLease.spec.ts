import { leaseContract } from '../contracts/leaseContract.ts';
import type { Lease } from '../lease.ts';
import { inMemoryLeaseKeeper } from './inMemoryLease.ts';

leaseContract('the in-memory double', () => {
  const keeper = inMemoryLeaseKeeper();
  return Promise.resolve({
    first: keeper,
    second: keeper,
    takeAway: (name) => Promise.resolve(keeper.expire(name)),
    close: () => Promise.resolve(),
  });
});

it('takes a lease from a holder without telling, and gives it to the one who waits', async () => {
  const keeper = inMemoryLeaseKeeper();
  const stopping = new AbortController();
  const held: Lease[] = [];
  const signals: AbortSignal[] = [];
  const hold = () =>
    keeper.hold(
      'leads',
      (lease, signal) => {
        held.push(lease);
        signals.push(signal);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
      stopping.signal,
    );
  const done = Promise.all([hold(), hold()]);
  expect(keeper.waiting('leads')).toBe(1);

  keeper.expire('leads', { silent: true });
  await Promise.resolve();

  expect(held.map((lease) => lease.isHeld())).toEqual([false, true]);
  expect(signals[0]?.aborted).toBe(false);
  stopping.abort();
  await done;
});
