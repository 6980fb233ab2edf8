import { distance } from 'fastest-levenshtein';

/** The name that takes the fewest strokes to get from `written`; undefined when none is near. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const strokesMax = Math.max(2, Math.floor(written.length / 3));
  const ranked = names
    .map((name) => ({ name, strokes: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ strokes }) => strokes <= strokesMax)
    .toSorted((left, right) => left.strokes - right.strokes);

  return ranked[0]?.name;
}
