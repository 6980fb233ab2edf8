const pagesMax = 10_000;

/** Asks page by page, each with the place that the one before told; ends with the one that tells none. */
export async function eachPage<Place>(
  ask: (after: Place | undefined) => Promise<Place | undefined>,
): Promise<void> {
  let after: Place | undefined;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    after = await ask(after);
    if (after === undefined) return;
  }
}
