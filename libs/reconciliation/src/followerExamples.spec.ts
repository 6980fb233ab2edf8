import { linkedPair } from './examplePairs.ts';
import type { World } from './exampleWorld.ts';

/** How often whoever names the rows of a record was to be told, over its whole history. */
const timesTold = ({ state }: World): number =>
  state.decisions
    .flatMap(({ forwards }) => forwards)
    .filter((message) => message.kind === 'wake-up' && message.reason === 'followers').length;

/** The worked examples of docs/conflict-resolution.md about those who name a person's row. */
describe('whoever leads to a person by its row', () => {
  it('is told once when the person was made anew, and not of edits', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();
    expect(timesTold(world)).toBe(0);

    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    world.wakeUp(120_000);
    world.settle();

    expect(world.marketo.ids()).not.toContain(person);
    expect(timesTold(world)).toBe(1);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('followed');
  });

  it('is told again until that is known to have begun', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.remove(person);
    world.readMarketo(person);
    // What this process asks for is lost with it.
    world.state.losesForwards = true;
    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    world.wakeUp(30_000);
    expect(timesTold(world)).toBe(1);
    world.state.losesForwards = false;

    world.wakeUp(60_000);
    world.wakeUp(60_000);

    expect(timesTold(world)).toBe(2);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('followed');
  });
});
