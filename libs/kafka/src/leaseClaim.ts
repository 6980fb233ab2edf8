/**
 * What one process may believe about its lease. The broker keeps a member for `sessionTimeoutMs` after the last request
 * that it answered; we know when that request was sent at the earliest, and by a clock that does not jump.
 */
export type LeaseClaim = {
  /** A request to join is being built now. */
  joining(): void;
  /** The group answered: who we are in it, and whether the lease is ours. */
  joined(memberId: string, isAssigned: boolean): void;
  /** The group answered a heartbeat. */
  confirmed(): void;
  /** Nothing of it is ours any more, whatever the group says later. */
  give(): void;
  isHeld(): boolean;
  /** Milliseconds until the claim ends when nothing confirms it, 0 when it is not held. */
  remainingMs(): number;
};

export type LeaseTiming = {
  readonly sessionTimeoutMs: number;
  /** Taken off the deadline for sends that are under way. */
  readonly marginMs: number;
  readonly monotonic: () => number;
};

export function createLeaseClaim({ sessionTimeoutMs, marginMs, monotonic }: LeaseTiming): LeaseClaim {
  let joinSentAt = Number.NEGATIVE_INFINITY;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let deadline = Number.NEGATIVE_INFINITY;
  let member: string | null = null;
  let given = false;

  const remainingMs = () => Math.max(0, deadline - monotonic());
  const isOurs = () => deadline !== Number.NEGATIVE_INFINITY;
  const isHeld = () => !given && remainingMs() > 0;

  return {
    joining: () => void (joinSentAt = monotonic()),
    joined(memberId, isAssigned) {
      // Another id means that the group had dropped us, and may have given the lease away in between.
      const isInterrupted = member !== null && member !== memberId;
      if (isInterrupted && isOurs()) given = true;
      member = memberId;
      deadline = isAssigned
        ? Math.max(deadline, joinSentAt + sessionTimeoutMs - marginMs)
        : Number.NEGATIVE_INFINITY;
      answeredAt = monotonic();
    },
    confirmed() {
      // The heartbeat was sent after the answer before it; kafkajs does not tell when.
      if (isOurs()) deadline = Math.max(deadline, answeredAt + sessionTimeoutMs - marginMs);
      answeredAt = monotonic();
    },
    give: () => void (given = true),
    isHeld,
    remainingMs,
  };
}
