import { topics } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import { eventsOf, exampleClock, exampleLease, stepUntilIdle } from '../pipelineFixtures.ts';

const [people, pageSizeMax] = [5_001, 300];
const contacts = topics.marketingChanges('contact');

/** Persons of one company that were all read once; `longest` is the most that was published at once since then. */
async function createCompany() {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now, feedBlock: pageSizeMax });
  let [told, longest] = [0, 0];
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point !== 'published') return;
      const count = eventsOf(log, contacts).length;
      longest = Math.max(longest, count - told);
      told = count;
    },
  });
  const ids = marketo.seed(
    Array.from({ length: people }, (_, n) => ({
      lastName: `N${n}`,
      crmType: 'Contact',
      company: 'Example Ltd',
    })),
  );
  const notifier = await openNotifier({
    ...{ people: marketo, log, lease: exampleLease(), clock },
    ...{ pollIntervalMinMs: 500, pollIntervalMaxMs: 4000, deletedIntervalMs: 30_000 },
  });
  await stepUntilIdle(notifier);
  clock.advance(1000);
  [told, longest] = [eventsOf(log, contacts).length, 0];

  return { marketo, log, ids, notifier, longest: () => longest };
}

it('an edit of a company that more than 5,000 persons show is told of each of them, page by page', async () => {
  const { marketo, log, ids, notifier, longest } = await createCompany();
  for (const id of ids) marketo.edit(id, { company: 'Example plc' });

  await stepUntilIdle(notifier);

  const told = eventsOf(log, contacts).filter(({ evidence }) =>
    evidence?.rows.some(({ field, newValue }) => field === 'company' && newValue === 'Example plc'),
  );
  expect(new Set(told.map(({ recordId }) => recordId)).size).toBe(people);
  expect(told).toHaveLength(people);
  expect(longest()).toBeLessThanOrEqual(pageSizeMax);
});
