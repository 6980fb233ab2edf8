import type { Conflict, ScalarValues } from '@lockstep/change-events';
import type { WorldOptions } from './exampleParts.ts';
import { createWorld, valuesOf, type World } from './exampleWorld.ts';

/** A row and a person that belong together, in their world. */
export type Pair = { readonly world: World; readonly row: string; readonly person: string };

/** A row of Dynamics, created in Marketo by Lockstep, with both sides at rest. */
export function linkedPair(
  kind: 'lead' | 'contact',
  columns: ScalarValues,
  options: WorldOptions = {},
): Pair {
  const world = createWorld(options);
  const row = `${kind}-1`;
  world.dynamics.insert(kind, row, columns);
  world.readDynamics(row);
  world.settle();
  const [person] = world.marketo.ids();
  if (person === undefined) throw new Error('nobody was created');
  world.state.received.length = 0;
  return { world, row, person };
}

/** Every conflict so far, in order, without its time. */
export const conflictsOf = (world: World): Omit<Conflict, 'at'>[] =>
  world.state.decisions
    .flatMap((decision) => decision.conflicts)
    .map(({ field, winner, winnerValue, loserValue, rule }) => ({
      field,
      winner,
      winnerValue,
      loserValue,
      rule,
    }));

/** What a side received, in order. */
export const writesTo = (world: World, to: 'dynamics' | 'marketo'): ScalarValues[] =>
  world.state.received.filter((write) => write.to === to).map(({ values }) => values);

/** A field in Dynamics, in the golden record and in Marketo. */
export const values = ({ world, row, person }: Pair, field: string) => valuesOf(world, row, person, field);

/** A person and a row with one address, both read before anything is decided about the other. */
export function strangers(
  columns: ScalarValues,
  fields: ScalarValues,
  { kind = 'lead', ...options }: WorldOptions & { readonly kind?: 'lead' | 'contact' } = {},
): Pair {
  const world = createWorld({ matchByEmail: true, ...options });
  const person = world.marketo.create({ email: 'Ada@Example.com', ...fields });
  world.readMarketo(person, 'BACKFILL');
  const row = `${kind}-1`;
  world.dynamics.insert(kind, row, { emailaddress1: 'ada@example.com', ...columns });
  world.readDynamics(row, 'BACKFILL');
  return { world, row, person };
}
