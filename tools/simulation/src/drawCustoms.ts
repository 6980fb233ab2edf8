import {
  customPieces,
  customTables,
  type Action,
  type BesideAct,
  type Fault,
  type HumanAct,
} from './actions.ts';
import type { Random } from './random.ts';

const names = ['Amber', 'Beryl', 'Coral'] as const;

/** What happens meets in the first ones. */
const slotIn = (random: Random): number => random.pick([0, 0, 0, 1, 1, 2] as const);

/** Between two actions: somebody does something about custom rows, or what was done is read. */
export function drawCustomAction(
  random: Random,
  drawFault: (draw: { act(): HumanAct }) => Fault | null,
): Action {
  const act = (): HumanAct => ({ do: 'beside', act: drawAct(random) });
  if (random.chance(0.5)) return { kind: 'human', act: act() };

  return {
    ...{ kind: 'step', piece: random.pick(customPieces), choice: 0, messagesMax: 100 },
    fault: drawFault({ act }),
  };
}

/** With what a plan begins. */
export const firstCustoms = (random: Random): readonly Action[] =>
  customTables.map((table): Action => {
    const naming = { do: 'edit-custom', table, slot: 0, name: random.pick(names), whom: 0, again: false };

    return { kind: 'human', act: { do: 'beside', act: naming as BesideAct } };
  });

function drawAct(random: Random): BesideAct {
  const [kind, slot, table] = [random.next(), slotIn(random), random.pick(customTables)];
  if (kind < 0.12) return { do: 'remove', table, slot };
  if (kind < 0.2) return { do: 'let', table, slot, value: random.pick([true, false, null] as const) };
  const whom = random.chance(0.15) ? 'nobody' : slotIn(random);

  return {
    ...{ do: 'edit-custom', table, slot, name: random.pick(names), again: random.chance(0.4) },
    whom: random.chance(0.5) ? whom : null,
  };
}
