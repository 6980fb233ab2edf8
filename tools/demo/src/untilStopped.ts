/** Aborts at SIGINT, SIGTERM or SIGHUP, and when the wrapper that started us goes. A second Ctrl-C ends the process at once. */
export function createStopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new Error('stopped'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  // Run through a wrapper that gave us a channel (tsx does), we end when the wrapper is killed.
  if (process.connected) process.once('disconnect', stop);
  return stopping.signal;
}

/** Keeps the process alive until it is asked to stop. */
export function untilStopped(signal = createStopSignal()): Promise<void> {
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => undefined, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(keepAlive);
        resolve();
      },
      { once: true },
    );
  });
}
