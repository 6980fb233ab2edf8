import { EventEmitter, once } from 'node:events';
import { createLifecycle } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { createReadiness } from './readiness.ts';

function testLifecycle(deadlineMs = 5_000) {
  const signals = new EventEmitter();
  const lines: Record<string, unknown>[] = [];
  const exits: number[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  const readiness = createReadiness();
  const time = { nowMs: 0 };
  const lifecycle = createLifecycle({
    log: createLogger({ service: 'extractor', level: 'info', destination }),
    deadlineMs,
    readiness,
    signals,
    exit: (code) => {
      exits.push(code);
      signals.emit('exit');
    },
    clock: { monotonic: () => time.nowMs },
  });

  return { lifecycle, signals, lines, exits, readiness, time };
}

const untilAborted = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, 'abort');
};

describe('createLifecycle', () => {
  it.each(['SIGINT', 'SIGTERM'])(
    'on %s aborts the work, waits for it, and closes in reverse order',
    async (name) => {
      const { lifecycle, signals, readiness, exits } = testLifecycle();
      const order: string[] = [];
      const running = lifecycle.run(async (signal) => {
        for (const resource of ['health', 'database', 'broker']) {
          lifecycle.opened(resource, async () => {
            await new Promise(setImmediate);
            order.push(resource);
          });
        }
        await untilAborted(signal);
        order.push('work');
      });
      await new Promise(setImmediate);
      signals.emit(name, name);
      await running;

      expect(order).toEqual(['work', 'broker', 'database', 'health']);
      expect(readiness.reasons()).toEqual(['process: is stopping']);
      expect(exits).toEqual([]);
      expect(signals.listenerCount(name)).toBe(0);
    },
  );

  it('closes what was opened and rejects when the work fails', async () => {
    const { lifecycle } = testLifecycle();
    const closed: string[] = [];
    const running = lifecycle.run(async () => {
      lifecycle.opened('broker', () => void closed.push('broker'));
      throw new Error('the second adapter did not open');
    });

    await expect(running).rejects.toThrow('the second adapter did not open');
    expect(closed).toEqual(['broker']);
    expect(lifecycle.signal.aborted).toBe(true);
  });

  it('stops and rejects with a failure that happens beside the work', async () => {
    const { lifecycle } = testLifecycle();
    const crash = new Error('consumer crashed');
    const running = lifecycle.run(async (signal) => {
      lifecycle.fail(crash);
      await untilAborted(signal);
      throw new Error('a consequence');
    });

    await expect(running).rejects.toBe(crash);
  });

  it('does not count what complains while it is being closed', async () => {
    const { lifecycle, lines } = testLifecycle();
    await lifecycle.run(async () => {
      lifecycle.opened('consumer', () => lifecycle.fail(new Error('cut')));
    });

    expect(lines).toEqual([expect.objectContaining({ level: 'warn', msg: 'Failed while stopping.' })]);
  });

  it('goes on closing when one resource does not close cleanly', async () => {
    const { lifecycle, lines } = testLifecycle();
    const closed: string[] = [];
    await lifecycle.run(async () => {
      lifecycle.opened('health', () => void closed.push('health'));
      lifecycle.opened('broker', async () => {
        throw new Error('gone');
      });
    });

    expect(closed).toEqual(['health']);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', resource: 'broker' })]);
  });

  it('ends the process with a non-zero code when the deadline passes, and names what it waited for', async () => {
    const { lifecycle, signals, exits, lines } = testLifecycle(20);
    void lifecycle.run(async () => {
      lifecycle.opened('broker', () => new Promise<void>(() => undefined));
    });
    await once(signals, 'exit');

    expect(exits).toEqual([1]);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', waitingFor: 'broker', deadlineMs: 20 }),
    ]);
  });

  it('ends the process at once on a second signal, but not when a launcher repeats the first', async () => {
    const { lifecycle, signals, exits, time } = testLifecycle();
    let release = () => undefined as void;
    const running = lifecycle.run(() => new Promise<void>((resolve) => (release = resolve)));
    await new Promise(setImmediate);
    signals.emit('SIGINT', 'SIGINT');
    time.nowMs = 100;
    signals.emit('SIGINT', 'SIGINT');
    const exitsAfterRepeat = [...exits];
    time.nowMs = 1_000;
    signals.emit('SIGINT', 'SIGINT');
    release();
    await running;

    expect([exitsAfterRepeat, exits]).toEqual([[], [1]]);
  });
});
