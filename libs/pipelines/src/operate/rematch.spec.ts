import { topics, type WriteCommand } from '@lockstep/change-events';
import { createEntityFlow } from '../entityFlow.ts';
import { eventsOf, exampleId } from '../pipelineFixtures.ts';
import { listReviews } from './listReviews.ts';
import { rematchPage } from './rematch.ts';

const [former, present, other] = [exampleId(1), exampleId(2), exampleId(3)];
const ada = { lastname: 'Lovelace', emailaddress1: 'ada@example.com' };
const until = '2030-01-01T00:00:00Z';

/** A person whose row was deleted, and another row with its address, which waits. */
async function createReplaced() {
  const world = createEntityFlow();
  const { stores, log, clock, row, remove, shown, flow } = world;
  await stores.syncState.markFirstReadsComplete();
  await row('lead', former, { version: 1, ...ada });
  await shown('1', 3, { lastName: ada.lastname, email: ada.emailaddress1, title: null });
  await remove('lead', former, 2);
  await row('lead', present, { version: 3, ...ada, jobtitle: 'Countess' });
  const publisher = await log.openPublisher('operator');
  const ask = async (isDryRun: boolean, after: string | null = null) => {
    const page = await rematchPage({ publisher, clock, stores }, { after, until, isDryRun, actor: 'ann' });
    await flow();
    return page;
  };
  const inReview = async () => (await listReviews(stores, { after: null, limitMax: 100 })).reviews;
  const recordOf = async (id: string) => {
    const goldenId = (await stores.links.resolve([`dynamics/lead/${id}`])).get(`dynamics/lead/${id}`) ?? '';
    return (await stores.golden.load([goldenId])).get(goldenId);
  };
  const creations = () =>
    eventsOf<WriteCommand>(log, topics.writes).filter(({ operation }) => operation === 'CREATE');

  return { ...world, ask, inReview, recordOf, creations };
}

describe('rows in the place of deleted ones', () => {
  it('get the persons of those, which nobody makes anew, and keep them up to date', async () => {
    const { ask, inReview, marketo, creations, row } = await createReplaced();
    const [person] = marketo.persons();
    expect(await inReview()).toMatchObject([{ candidates: [{ standing: 'left' }] }]);

    expect(await ask(false)).toEqual({ waiting: 1, matched: 1, unclear: 0, taken: 0, next: null });
    await row('lead', present, { version: 4, ...ada, jobtitle: 'Analyst' });

    expect(await inReview()).toEqual([]);
    expect(creations()).toHaveLength(1);
    expect(marketo.persons()).toMatchObject([
      { id: person?.id, fields: { lastName: 'Lovelace', title: 'Analyst', crmIsDeleted: false } },
    ]);
  });

  it('are only counted in a dry run', async () => {
    const { ask, inReview, marketo } = await createReplaced();

    expect(await ask(true)).toMatchObject({ waiting: 1, matched: 1 });

    expect(await inReview()).toHaveLength(1);
    expect(marketo.persons()).toMatchObject([{ fields: { crmIsDeleted: true } }]);
  });

  it('wait on where two of them have the address', async () => {
    const { ask, inReview, row } = await createReplaced();
    await row('lead', other, { version: 5, ...ada });

    expect(await ask(false)).toMatchObject({ waiting: 2, matched: 0, unclear: 2 });
    expect(await inReview()).toHaveLength(2);
  });

  it('wait on where the row that has the person is there again', async () => {
    const { ask, inReview, row } = await createReplaced();
    await row('lead', former, { version: 6, ...ada });

    expect(await ask(false)).toMatchObject({ waiting: 1, matched: 0, taken: 1 });
    expect(await inReview()).toMatchObject([{ candidates: [{ standing: 'taken' }] }]);
  });

  it('go back to where they came from when the deleted rows are there again and they are not', async () => {
    const { ask, inReview, recordOf, row, remove, marketo } = await createReplaced();
    const [person] = marketo.persons();
    await ask(false);

    await row('lead', former, { version: 6, ...ada });
    expect(await inReview()).toMatchObject([{ candidates: [{ standing: 'taken' }] }]);
    await remove('lead', present, 7);
    expect(await ask(false)).toMatchObject({ waiting: 1, matched: 1 });

    expect((await recordOf(former))?.rows.map(({ id }) => id)).toEqual([former, person?.id]);
    expect(marketo.persons()).toMatchObject([{ id: person?.id, fields: { crmId: former } }]);
  });
});
