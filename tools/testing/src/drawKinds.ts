import type { Random } from '@lockstep/simulation';

/** `count` of these kinds, as many of each, give or take one, in an order drawn from the seed. */
export function drawKinds<Kind>(kinds: readonly Kind[], count: number, random: Random): readonly Kind[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: kinds[at % kinds.length] as Kind,
    place: random.next(),
  }))
    .toSorted((left, right) => left.place - right.place)
    .map(({ kind }) => kind);
}
