type Start<Part> = (signal: AbortSignal) => Promise<Part>;

/**
 * Starts both at once, and gives up the other when one fails. Waits for both even then, so that nothing is left behind half
 * started: `keep` gets the first wherever it started. Rejects with what failed first; what the other says only follows from it.
 */
export async function startBoth<First, Second>(
  [startFirst, startSecond]: readonly [Start<First>, Start<Second>],
  keep: (first: First) => void,
  signal: AbortSignal,
): Promise<[First, Second]> {
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const guarded = <Part>(start: Start<Part>): Promise<Part> =>
    start(either).catch((error: unknown) => {
      stopping.abort(error);
      throw error;
    });
  const [first, second] = await Promise.allSettled([guarded(startFirst), guarded(startSecond)]);
  if (first.status === 'fulfilled') keep(first.value);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  throw either.reason;
}
