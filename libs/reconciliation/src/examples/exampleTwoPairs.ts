import type { Pair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';
import type { Policy } from '../policy.ts';

export type Two = { readonly world: World; readonly loser: Pair; readonly winner: Pair };

export const follow = { mergedInMarketo: 'follow', mergedInDynamics: 'follow' } as const;

/** Two pairs, of which one is about to lose a merge. */
export function twoPairs(policy: Partial<Policy> = follow, kinds: readonly ('lead' | 'contact')[] = []): Two {
  const world = createWorld();
  world.state.policy = { ...world.state.policy, ...policy };
  const [loser = 'lead', winner = 'lead'] = kinds;
  const pairOf = (kind: 'lead' | 'contact', name: string): Pair => {
    const row = `${kind}-${name}`;
    world.dynamics.insert(kind, row, { jobtitle: name, statecode: 0 });
    world.readDynamics(row);
    world.settle();
    return { world, row, person: world.marketo.ids().at(-1) ?? '' };
  };
  const two = { world, loser: pairOf(loser, 'loser'), winner: pairOf(winner, 'winner') };
  world.state.received.length = 0;

  return two;
}

export const recordOf = ({ world, row }: Pair) =>
  world.record(`dynamics/${row.startsWith('contact') ? 'contact' : 'lead'}/${row}`);

/** The person of the loser goes into another one, and Lockstep reads so. */
export function mergePersons({ world }: Pick<Two, 'world'>, winner: string, loser: string): void {
  world.marketo.merge(winner, loser);
  world.readMarketo(loser);
}

/** As somebody does it in Dynamics. */
export const mergeRows = ({ world, loser, winner }: Two): void =>
  world.dynamics.edit(loser.row, { merged: true, masterid: `lead/${winner.row}`, statecode: 2 });

/** Everything that may still be under way has its time. */
export function rest({ world }: Pick<Two, 'world'>): void {
  for (const elapsedMs of [1, 3_600_000, 3_600_000]) {
    world.settle();
    world.wakeUp(elapsedMs);
  }
  world.settle();
}
