import { topics, type DeliveryOutcome } from '@lockstep/change-events';
import { createEntityFlow } from './entityFlow.ts';
import { eventsOf, exampleId } from './pipelineFixtures.ts';

const id = exampleId(3);

it('a person goes with its row, once, and comes back as another one when a later page shows the row', async () => {
  const { row, remove, marketo, stores, log } = createEntityFlow([], {
    policy: { deletedInDynamics: 'delete' },
  });
  await stores.syncState.markFirstReadsComplete();
  await row('lead', id, { version: 1, lastname: 'Byron' });
  const [first] = marketo.persons();

  await remove('lead', id, 2);

  expect(marketo.persons()).toEqual([]);
  const outcomes = eventsOf<DeliveryOutcome>(log, topics.outcomes);
  expect(outcomes.map(({ result }) => result)).toEqual(['CREATED', 'DELETED']);

  await row('lead', id, { version: 3, lastname: 'Lovelace' });
  expect(marketo.persons().map(({ fields }) => fields['lastName'])).toEqual(['Lovelace']);
  expect(marketo.persons()[0]?.id).not.toBe(first?.id);
});
