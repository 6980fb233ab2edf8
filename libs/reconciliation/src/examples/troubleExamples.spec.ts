import { createEntityStory } from './exampleEntities.ts';
import { createWorld } from './exampleWorld.ts';
import { troublesOf } from '../troubles.ts';

/** A row of Dynamics whose job title is longer than its field in Marketo, with both sides at rest. */
function longTitle() {
  const world = createWorld();
  world.state.narrow.set('title', { lengthMax: 5, fate: 'REJECTED' });
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Astronaut' });
  world.readDynamics('lead-1');
  world.settle();
  return world;
}

describe('what is wrong with a record', () => {
  it('is told with side, operation, code, field and what the side said, and since when', () => {
    const record = longTitle().record('dynamics/lead/lead-1');

    expect(troublesOf(record)).toEqual([
      { side: 'marketo', operation: 'UPDATE', code: '1077', field: 'jobTitle', detail: expect.any(String) },
    ]);
    expect(record.troubledSince).toMatch(/^2026-/);
  });

  it('is told as a deletion where that was refused', () => {
    const story = createEntityStory('opportunity');
    story.answer(story.row(1, { name: 'Fleet' }), { result: 'CREATED' });

    const { record } = story.answer(story.deleted(2), { result: 'REFUSED', code: '1234', personId: null });

    expect(troublesOf(record)).toMatchObject([
      { side: 'marketo', operation: 'DELETE', code: '1234', field: null },
    ]);
  });

  it('keeps its beginning while nothing is tried, and is over when its cause is', () => {
    const world = longTitle();
    const { troubledSince } = world.record('dynamics/lead/lead-1');

    world.wakeUp(3_600_000);
    world.dynamics.edit('lead-1', { address1_city: 'Lyon' });
    world.settle();
    expect(world.record('dynamics/lead/lead-1').troubledSince).toBe(troubledSince);

    world.dynamics.edit('lead-1', { jobtitle: 'Pilot' });
    world.settle();
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('troubledSince');
  });
});
