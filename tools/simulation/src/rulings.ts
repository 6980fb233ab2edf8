import type { ExpectedRules } from '@lockstep/checker';
import type { Action } from './actions.ts';
import { ruledParts, type RuledParts } from './ruledParts.ts';
import type { Ruling, World } from './world.ts';

/** The file changes. */
export function changeRules(world: World, change: Extract<Action, { kind: 'rules' }>): void {
  const { rules, delaysMs } = change;
  const [first, second] = delaysMs;
  const readAtMs = [world.nowMs + first, world.nowMs + second] as const;
  world.rulings.push({ rules, given: ruledParts({ ...world.plan, rules }), readAtMs });
  world.ruledSinceMs = Math.max(world.ruledSinceMs, ...readAtMs);
}

/** What the reader of a partition decides by. */
export function givenTo({ rulings, nowMs }: World, partition: number): RuledParts {
  const known = rulings.findLast(({ readAtMs }) => (readAtMs[partition % 2] ?? 0) <= nowMs);

  return (known ?? lastRuling(rulings)).given;
}

/** What the file says now. */
export const rulesNow = ({ rulings }: Pick<World, 'rulings'>): ExpectedRules =>
  lastRuling(rulings).rules ?? {};

/** What is given to whoever reads the file now. */
export const givenNow = ({ rulings }: Pick<World, 'rulings'>): RuledParts => lastRuling(rulings).given;

function lastRuling(rulings: readonly Ruling[]): Ruling {
  const last = rulings.at(-1);
  if (!last) throw new Error('a world begins with rules');

  return last;
}
