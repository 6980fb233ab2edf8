import { toEnvironment } from './chooseProviders.ts';
import { StackSetupError, reasonOf } from './stackErrors.ts';
import { startLocalStack } from './startLocalStack.ts';

const stopping = new AbortController();
const stopRequested = new Promise<void>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve(), { once: true });
});

function stop(): void {
  // A second Ctrl-C does not wait; the services still end, because they end with this process.
  if (stopping.signal.aborted) process.exit(130);
  stopping.abort(new Error('stopped'));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

// The tsx command runs us as a child and leaves no channel by which we could see it die: only our parent changes.
const isWrapped = process.execArgv.some((argument) => /tsx.dist.preflight/.test(argument));
const parentId = process.ppid;
const watchMs = 1_000;
const watch = setInterval(() => {
  if (isWrapped && process.ppid !== parentId && !stopping.signal.aborted) stop();
}, watchMs);

/** Exit code 0 after a stop, 130 when stopped before the stack was ready, 2 for what the caller can mend, else 1. */
async function runStack(): Promise<number> {
  try {
    const stack = await startLocalStack({ signal: stopping.signal });
    const lines = Object.entries(toEnvironment(stack)).map(([name, value]) => `${name}=${value}\n`);
    process.stdout.write(lines.join(''));
    await stopRequested;
    clearInterval(watch);
    await stack.close();
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    process.stderr.write(`${reasonOf(error)}\n`);
    return error instanceof StackSetupError ? 2 : 1;
  }
}

// An engine that accepted a connection and never answered would keep the process alive.
process.exit(await runStack());
