import {
  accountPieces,
  type BesideAct,
  type Action,
  type BesideTable,
  type Fault,
  type HumanAct,
} from './actions.ts';
import type { Random } from './random.ts';

/** Few, so that a name may return. */
const names = ['Anker', 'Birke', 'Cedar', 'Dohle'] as const;

/** A third account or opportunity is rare, so that what happens meets in the first ones. */
const slotIn = (random: Random): number => random.pick([0, 0, 0, 1, 1, 2] as const);

/** Between two actions: somebody does something about accounts, or what was done is read. */
export function drawAccountAction(
  random: Random,
  drawFault: (draw: { act(): HumanAct }) => Fault | null,
): Action {
  if (random.chance(0.5)) return { kind: 'human', act: drawBesideAct(random) };

  return {
    ...{ kind: 'step', piece: random.pick(accountPieces), choice: 0, messagesMax: 100 },
    fault: drawFault({ act: () => drawBesideAct(random) }),
  };
}

/** With what a plan begins. */
export const firstAccounts = (random: Random): readonly Action[] =>
  [0, 1].flatMap((slot): Action[] => {
    const act = { do: 'name-account', slot, name: random.pick(names), again: false } as const;

    return random.chance(0.7) ? [{ kind: 'human', act: { do: 'beside', act } }] : [];
  });

function drawBesideAct(random: Random): HumanAct {
  return { do: 'beside', act: drawAct(random) };
}

function drawAct(random: Random): BesideAct {
  const kind = random.next();
  const slot = slotIn(random);
  if (kind < 0.25) return { do: 'name-account', slot, name: random.pick(names), again: random.chance(0.4) };
  if (kind < 0.35) return { do: 'remove', table: tableIn(random), slot };
  if (kind < 0.42)
    return { do: 'let', table: tableIn(random), slot, value: random.pick([true, false, null] as const) };
  if (kind < 0.67)
    return { do: 'move-contact', slot: slotIn(random), account: random.chance(0.2) ? null : slot };
  if (kind < 0.72) return { do: 'move-person', slot: slotIn(random), account: slot };

  return { ...drawOpportunity(random), slot };
}

const tableIn = (random: Random): BesideTable => random.pick(['account', 'opportunity'] as const);

type OpportunityEdit = Extract<BesideAct, { readonly do: 'edit-opportunity' }>;

function drawOpportunity(random: Random): Omit<OpportunityEdit, 'slot'> {
  const table = random.pick(['account', 'contact'] as const);
  const customer = { table, slot: slotIn(random) };

  return {
    ...{ do: 'edit-opportunity', name: random.pick(names), again: random.chance(0.4) },
    customer: random.chance(0.6) ? customer : null,
  };
}
