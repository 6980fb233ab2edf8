export type WindowLimits = {
  readonly requestsMax: number;
  /** Sum of the time that answers took. */
  readonly executionMsMax: number;
  readonly windowMs: number;
};

/** Requests and their time over a sliding window, kept in steps so that it costs the same at any rate. */
export type GovernorWindow = {
  /** 0 when a request may leave now. */
  waitMs(nowMs: number): number;
  began(nowMs: number): void;
  took(nowMs: number, durationMs: number): void;
};

type Step = { readonly number: number; requests: number; executionMs: number };

const stepsPerWindow = 60;

export function createGovernorWindow({
  requestsMax,
  executionMsMax,
  windowMs,
}: WindowLimits): GovernorWindow {
  const stepMs = windowMs / stepsPerWindow;
  const steps: Step[] = [];
  /** A step leaves when its last moment is older than the window. */
  const leavesAt = ({ number }: Step): number => (number + 1) * stepMs + windowMs;
  const stepAt = (nowMs: number): Step => {
    const number = Math.floor(nowMs / stepMs);
    const last = steps.at(-1);
    if (last && last.number >= number) return last;
    const step = { number, requests: 0, executionMs: 0 };
    steps.push(step);

    return step;
  };

  return {
    waitMs(nowMs) {
      while (steps[0] && leavesAt(steps[0]) <= nowMs) steps.shift();
      const requests = steps.reduce((sum, step) => sum + step.requests, 0);
      const executionMs = steps.reduce((sum, step) => sum + step.executionMs, 0);
      const isFull = requests >= requestsMax || executionMs >= executionMsMax;

      return isFull && steps[0] ? leavesAt(steps[0]) - nowMs : 0;
    },
    began(nowMs) {
      stepAt(nowMs).requests += 1;
    },
    took(nowMs, durationMs) {
      stepAt(nowMs).executionMs += durationMs;
    },
  };
}
