import { createLeaseClaim } from './leaseClaim.ts';

function claimAt(start: number) {
  let now = start;
  const claim = createLeaseClaim({ sessionTimeoutMs: 10_000, marginMs: 500, monotonic: () => now });
  return { claim, wait: (durationMs: number) => void (now += durationMs) };
}

function heldClaim() {
  const { claim, wait } = claimAt(0);
  claim.joining();
  claim.joined('m1', true);
  return { claim, wait };
}

describe('the claim to a lease', () => {
  it('holds from the answer of the group until the session could end', () => {
    const { claim, wait } = heldClaim();
    expect(claim.isHeld()).toBe(true);
    wait(9_499);
    expect(claim.isHeld()).toBe(true);
    wait(1);
    expect(claim.isHeld()).toBe(false);
  });

  it('counts from when the request to join was sent, not from its answer', () => {
    const { claim, wait } = claimAt(0);
    claim.joining();
    wait(9_500);
    claim.joined('m1', true);
    expect(claim.isHeld()).toBe(false);
  });

  it('counts a heartbeat from the answer before it, because it was sent after that', () => {
    const { claim, wait } = heldClaim();
    wait(1_000);
    claim.confirmed();
    expect(claim.remainingMs()).toBe(8_500);
    wait(60_000);
    claim.confirmed();
    expect(claim.isHeld()).toBe(false);
  });

  it('is not held after a sleep, until a heartbeat sent after it is answered', () => {
    const { claim, wait } = heldClaim();
    wait(60_000);
    expect(claim.isHeld()).toBe(false);
    claim.confirmed();
    wait(500);
    claim.confirmed();
    expect(claim.isHeld()).toBe(true);
  });

  it('ends for good when the group had dropped its member', () => {
    const { claim } = heldClaim();
    claim.joining();
    claim.joined('m2', true);
    expect(claim.isHeld()).toBe(false);
    claim.confirmed();
    expect(claim.isHeld()).toBe(false);
  });

  it('can still be won by a standby that the group had dropped', () => {
    const { claim } = claimAt(0);
    claim.joining();
    claim.joined('m1', false);
    expect(claim.isHeld()).toBe(false);
    claim.joining();
    claim.joined('m2', true);
    expect(claim.isHeld()).toBe(true);
  });

  it('is not won by heartbeats alone', () => {
    const { claim } = claimAt(0);
    claim.joining();
    claim.joined('m1', false);
    claim.confirmed();
    expect(claim.isHeld()).toBe(false);
  });

  it('ends when it is given up', () => {
    const { claim } = heldClaim();
    claim.give();
    claim.confirmed();
    expect(claim.isHeld()).toBe(false);
  });
});
