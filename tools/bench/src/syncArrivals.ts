import type { StateEntry } from '@lockstep/checker';

/** An edit whose value nobody else enters; `atMs` is the time before it was made, in ms since 1970. */
export type SentEdit = { readonly value: string; readonly atMs: number };

export type Arrivals = {
  /** From each edit that arrived to its first commit on the other side. */
  readonly timesMs: readonly number[];
  /** How often the other side was written in that field with one of these values. */
  readonly writes: number;
};

/** Which edits an application wrote to `field` of the other side, by that side's own log. */
export function arrivalsOf(
  sent: readonly SentEdit[],
  { states, field }: { readonly states: readonly StateEntry[]; readonly field: string },
): Arrivals {
  const sentAt = new Map(sent.map(({ value, atMs }) => [value, atMs]));
  const written = writtenTo(states, field).filter(({ value }) => sentAt.has(value));
  const first = new Map<string, number>();
  for (const { value, atMs } of written) if (!first.has(value)) first.set(value, atMs);
  const timesMs = [...first].map(([value, atMs]) => Math.max(0, atMs - (sentAt.get(value) ?? 0)));
  return { timesMs, writes: written.length };
}

/** How often an application changed a field that only people of that side edit; creation does not count. */
export function ownWrites(states: readonly StateEntry[], field: string): number {
  const updates = states.filter(({ operation }) => operation === 'update');
  return writtenTo(updates, field).length;
}

function writtenTo(states: readonly StateEntry[], field: string): { value: string; atMs: number }[] {
  return states.flatMap(({ actorKind, changed, at }) => {
    const change = changed[field];
    return actorKind === 'application' && change
      ? [{ value: String(change.after), atMs: Date.parse(at) }]
      : [];
  });
}
