import type { DecisionContext } from './decision.ts';

let last = { ms: 0, text: new Date(0).toISOString() };

/** The moment of a decision as an ISO time with milliseconds. The decisions of a batch share it, and writing it costs more than keeping it. */
export function decidedAt({ nowMs: ms }: Pick<DecisionContext, 'nowMs'>): string {
  if (last.ms !== ms) last = { ms, text: new Date(ms).toISOString() };

  return last.text;
}
