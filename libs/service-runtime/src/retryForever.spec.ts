import { SyncError } from '@lockstep/change-events';
import type { ErrorCode, ErrorDetails } from '@lockstep/change-events';
import { createLogger } from './logger.ts';
import { createReadiness } from './readiness.ts';
import { retryForever } from './retryForever.ts';

type Outcome = { idleMs: number } | Error;

/** A loop over scripted outcomes on a clock that only sleeping moves; it stops when the script has ended. */
function loopOver(
  script: Outcome[],
  options: { random?: number; backoffMaxMs?: number; hasRest?: boolean } = {},
) {
  const stop = new AbortController();
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  const readiness = createReadiness(['pages']);
  const sleepsMs: number[] = [];
  const restsMs: number[] = [];
  const reasons: (readonly string[])[] = [];
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (durationMs: number) => {
      sleepsMs.push(durationMs);
      reasons.push(readiness.reasons());
      nowMs += durationMs;
      if (script.length === 0) stop.abort();
    },
  };
  const step = async () => {
    const outcome = script.shift();
    if (outcome === undefined) stop.abort();
    if (outcome instanceof Error) throw outcome;

    return outcome ?? { idleMs: 0 };
  };
  const done = retryForever({
    component: 'pages',
    step,
    signal: stop.signal,
    log: createLogger({ service: 'extractor', level: 'info', destination }),
    readiness,
    clock,
    random: () => options.random ?? 1,
    ...(options.hasRest === true && { rest: async (ms: number) => void restsMs.push(ms) }),
    ...(options.backoffMaxMs !== undefined && { backoffMaxMs: options.backoffMaxMs }),
  });

  return { done, stop, lines, readiness, sleepsMs, restsMs, reasons };
}

const failure = (code: ErrorCode, details: ErrorDetails = {}) => new SyncError(code, details);
const busy = (details?: ErrorDetails) => failure('DYNAMICS_BUSY', details);

describe('retryForever', () => {
  it('repeats the step with the pause it asks for, until the signal aborts', async () => {
    const { done, sleepsMs, readiness } = loopOver([{ idleMs: 500 }, { idleMs: 0 }, { idleMs: 700 }]);
    await done;

    expect(sleepsMs).toEqual([500, 700]);
    expect(readiness.reasons()).toEqual([]);
  });

  it('lets only the pause after a success be cut short', async () => {
    const { done, sleepsMs, restsMs } = loopOver([{ idleMs: 500 }, busy(), { idleMs: 700 }], {
      hasRest: true,
    });
    await done;

    expect(restsMs).toEqual([500, 700]);
    expect(sleepsMs).toHaveLength(1);
  });

  it('waits longer after each failure, up to the maximum, and starts afresh after a success', async () => {
    const script = [busy(), busy(), busy(), busy(), { idleMs: 1 }, busy()];
    const { done, sleepsMs } = loopOver(script, { backoffMaxMs: 3_000 });
    await done;

    expect(sleepsMs).toEqual([500, 1_000, 2_000, 3_000, 1, 500]);
  });

  it('spreads the waits by chance, but never below the minimum', async () => {
    const { done, sleepsMs } = loopOver([busy(), busy(), busy()], { random: 0 });
    await done;

    expect(sleepsMs).toEqual([250, 500, 1_000]);
  });

  it('waits as long as the other side asks for, within reason', async () => {
    const { done, sleepsMs } = loopOver([busy({ retryAfterMs: 40_000 }), busy({ retryAfterMs: 1e9 })]);
    await done;

    expect(sleepsMs).toEqual([40_000, 600_000]);
  });

  it('says why it is not ready while it fails, and is ready after a success', async () => {
    const { done, reasons, readiness } = loopOver([failure('KAFKA_UNREACHABLE'), { idleMs: 1 }]);
    await done;

    expect(reasons).toEqual([[expect.stringMatching(/^pages: KAFKA_UNREACHABLE The broker/)], []]);
    expect(readiness.reasons()).toEqual([]);
  });

  it('takes its reason along when it is ended while it fails', async () => {
    const { done, readiness, reasons } = loopOver([busy()]);
    await done;

    expect(reasons[0]?.[0]).toContain('DYNAMICS_BUSY');
    expect(readiness.reasons()).toEqual([]);
  });

  it('logs a line per change of state, not per attempt', async () => {
    const { done, lines } = loopOver([busy(), busy(), busy(), failure('DYNAMICS_FORBIDDEN'), { idleMs: 1 }]);
    await done;

    expect(
      lines.map(({ level, msg, err }) => [level, msg, (err as { code?: string } | undefined)?.code]),
    ).toEqual([
      ['warn', 'Fails and is tried again.', 'DYNAMICS_BUSY'],
      ['warn', 'Fails and is tried again.', 'DYNAMICS_FORBIDDEN'],
      ['info', 'Works again.', undefined],
    ]);
    expect(lines[2]).toMatchObject({ component: 'pages', failures: 4, seconds: 8 });
  });

  it.each([failure('TOPIC_MISSING'), failure('MARKETO_REFUSED'), new Error('unforeseen')])(
    'rejects with a failure that repeating does not cure: %s',
    async (error) => {
      const { done, sleepsMs } = loopOver([error, { idleMs: 1 }]);

      await expect(done).rejects.toBe(error);
      expect(sleepsMs).toEqual([]);
    },
  );

  it('takes the abort of its own signal for an orderly end, but not a failure of fate STOP', async () => {
    const aborted = loopOver([{ idleMs: 1 }, { idleMs: 1 }]);
    aborted.stop.abort();
    await aborted.done;

    for (const [error, isOrderly] of [
      [new DOMException('cut', 'AbortError'), true],
      [busy(), true],
      [failure('TOPIC_MISSING'), false],
    ] as const) {
      const stop = new AbortController();
      const { lines, done } = startAborting(error, stop);

      await (isOrderly ? done : expect(done).rejects.toBe(error));
      expect(lines).toEqual([]);
    }
  });
});

function startAborting(error: Error, stop: AbortController) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const done = retryForever({
    component: 'pages',
    step: async () => {
      stop.abort();
      throw error;
    },
    signal: stop.signal,
    log: createLogger({ service: 'extractor', level: 'info', destination }),
    readiness: createReadiness(),
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined },
    random: () => 0,
  });

  return { lines, done };
}
