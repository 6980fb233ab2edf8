import type { PastConflict, PastConflictStore } from '@lockstep/ports';
import type { Decision } from '@lockstep/reconciliation';
import type { Outcome } from './reconcileOutput.ts';

/** Where conflicts go that their record keeps no longer, and for how long. */
export type History = { readonly store: PastConflictStore; readonly keptMs: number };

/** Of an outcome, what tells which conflicts fell out. */
type Held = Pick<Outcome, 'stored' | 'record'> & {
  readonly decisions: readonly Pick<Decision, 'conflicts'>[];
};

/**
 * Keeps the conflicts that fall out of the records of a batch. They are kept before the records are saved: a crash in between leaves
 * some of them in both places, and explain shows each once.
 */
export async function keepHistory(
  { store, keptMs }: History,
  outcomes: Iterable<Held>,
  nowMs: number,
): Promise<void> {
  const past = [...outcomes].flatMap(fallenOut);
  if (past.length > 0) await store.add(past, { nowMs, keptMs });
}

function fallenOut({ stored, record, decisions }: Held): readonly PastConflict[] {
  if (!record) return [];
  const all = [...(stored?.conflicts ?? []), ...decisions.flatMap(({ conflicts }) => conflicts)];
  const left = all.slice(0, Math.max(0, all.length - record.conflicts.length));

  return left.map((conflict) => ({ goldenId: record.goldenId, conflict }));
}
