/**
 * Starts all parts at the same time. When one fails, or the start is aborted, the others are told through `signal`,
 * and those that had started are stopped in reverse order before the first failure is thrown.
 */
export async function startTogether<Part extends { stop(): Promise<void> }>(
  starts: ((signal: AbortSignal) => Promise<Part>)[],
  signal: AbortSignal,
): Promise<Part[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let firstFailure: { reason: unknown } | undefined;
  const results = await Promise.all(
    starts.map((start) =>
      start(either).catch((reason: unknown) => {
        firstFailure ??= { reason };
        failed.abort(reason);
        return undefined;
      }),
    ),
  );
  const parts = results.filter((part) => part !== undefined);
  if (firstFailure === undefined && !signal.aborted) return parts;
  await stopInReverse(parts);
  signal.throwIfAborted();
  throw firstFailure?.reason;
}

export async function stopInReverse(parts: { stop(): Promise<void> }[]): Promise<void> {
  for (const part of parts.toReversed()) await part.stop();
}
