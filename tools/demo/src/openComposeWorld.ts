import { createControls } from './controls.ts';
import { composeAccess } from './composeAccess.ts';
import { DemoError } from './demoError.ts';
import type { People } from './people.ts';
import type { Closers, Surroundings, World } from './world.ts';

/**
 * The world of a running compose stack, whose emulators were seeded with the same people. Throws DemoError when it does
 * not answer, holds other people, or has seen the scenario before.
 */
export async function openComposeWorld(
  { people }: { people: People },
  { print, env }: Surroundings,
  closers: Closers,
): Promise<World> {
  const access = await composeAccess(env, closers);
  print(
    `Using the compose stack: Dynamics at ${access.systems.dataverse.url}, Marketo at ${access.systems.marketo.url}`,
  );
  const controls = createControls(access.systems);
  await assertFresh({ controls, people });
  return { ...access, controls, services: null, people };
}

/** What the scenario expects rests on the seed: edits of an earlier run would be taken for faults of the product. */
async function assertFresh({ controls, people }: Pick<World, 'controls' | 'people'>): Promise<void> {
  const rows = (await Promise.all([controls.allRows('lead'), controls.allRows('contact')])).flat();
  const present = new Set(rows.map((row) => String(row['leadid'] ?? row['contactid'])));
  const isSame = rows.length === people.persons.length && people.persons.every(({ id }) => present.has(id));
  if (isSame) return;
  throw new DemoError(
    'DEMO_NOT_FRESH',
    'the compose stack holds other people than this size and seed give, or has seen the scenario before; start it afresh with `docker compose --profile demo down -v` and `up`',
  );
}
