import type { Scalar } from '@lockstep/change-events';
import { checkHistory, heldForReview, type Finding } from '@lockstep/checker';
import { historyOf } from './historyOf.ts';
import { applyAct } from './humanActs.ts';
import { operate } from './operatorActs.ts';
import { settleDown } from './settleDown.ts';
import type { World } from './world.ts';

/** Values that no history draws. */
const decisions: Readonly<Record<string, Scalar>> = { leadSource: 'Other', annualRevenue: '7' };

/** Decides whatever is held for review at the end, by a release or by an edit; answers whether anything was. */
export async function decideHeld(world: World): Promise<boolean> {
  if (!world.plan.rules) return false;
  const { clean, exempt } = checkHistory(historyOf(world));
  const held = exempt.filter(({ reason }) => reason === heldForReview);
  if (!clean || held.length === 0) return false;
  for (const finding of held) await decide(world, finding);
  await settleDown(world);
  return true;
}

/** Runs of one seed decide in one way: an operator releases the record, or somebody edits the field on either side. */
async function decide(world: World, { what: field, ids: [rowId] }: Finding): Promise<void> {
  const slot = world.rows.findIndex(({ id }) => id === rowId);
  const ways = ['release', 'dynamics', 'marketo'] as const;
  const way = ways[world.plan.seed % ways.length] ?? 'release';
  if (way === 'release') await operate(world, { do: 'release', slot });
  else applyAct(world, { do: 'edit', side: way, slot, field, value: decisions[field] ?? `${field} decided` });
}
