import { topics, type WriteCommand } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type LinkStore } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { outcomeOf } from './deliver/deliveryOutcome.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { createReconciler } from './reconcileChanges.ts';
import { createRouter } from './routeChanges.ts';

const leads = topics.dynamicsChanges('lead');
const people = topics.marketingChanges('lead');
const personKey = 'marketo/person/7';

/** A lead of which a person is being made, whose answer has not come yet. */
async function createSetting(around: (links: LinkStore) => LinkStore = (links) => links) {
  const [log, stores, clock] = [inMemoryEventLog(), inMemoryStores(), exampleClock()];
  await stores.syncState.markFirstReadsComplete();
  const sources = [leads, people, topics.outcomes];
  log.subscribe({ group: 'router', topics: sources, batchSizeMax: 10 }, createRouter(around(stores.links)));
  log.subscribe(
    { group: 'owner', topics: [topics.inbox], batchSizeMax: 10 },
    createReconciler({
      ...{ ...stores, clock, mapping: defaultMapping },
      policy: { ...nativePolicy, rowWhenPersonDeleted: 'delete' },
      writeDynamics: () => Promise.resolve(),
    }),
  );
  const send = async (topic: string, key: string, value: object) => {
    await put(log, { topic, key, value });
    await deliverAll(log, 'router');
    await deliverAll(log, 'owner');
  };
  await send(leads, exampleId(1), exampleEvent());
  const [command] = eventsOf<WriteCommand>(log, topics.writes);
  if (!command) throw new Error('nobody is made');

  return {
    links: stores.links,
    goldenId: command.goldenId,
    answer: () => {
      const [sent, answered] = [1, 2].map((number) => ({ epoch: 1, number }));
      const given = { accepted: command.fields, sent: sent ?? null, answered: answered ?? null };
      const made = { result: 'CREATED', personId: '7', ...given } as const;
      return send(topics.outcomes, command.goldenId, outcomeOf(command, made, 0));
    },
    end: (operation: 'DELETE' | 'MERGE') => {
      const page = { epoch: 1, number: 9 };
      const gone = exampleEvent({ recordId: '7', operation, version: null, page, fields: null });
      return send(people, '7', { ...gone, eventId: 'gone', mergedInto: operation === 'MERGE' ? '8' : null });
    },
    person: async () => {
      const { rows, outbox } = (await stores.golden.load([command.goldenId])).get(command.goldenId) ?? {};
      const ends = outbox?.flatMap((entry) => ('ends' in entry ? [entry.ends] : []));
      return { ends, row: rows?.find(({ system }) => system === 'marketo') };
    },
  };
}

describe('a person that is gone before its record has heard that it was made', () => {
  it.each(['answer first', 'end first'])(
    'is gone for its record, whose rules then hold (%s)',
    async (order) => {
      const { answer, end, person } = await createSetting();
      const gone = () => end('DELETE');

      for (const tell of order === 'end first' ? [gone, answer] : [answer, gone]) await tell();

      expect(await person()).toMatchObject({
        ends: ['delete'],
        row: { id: '7', deletedAt: { epoch: 1, number: 9 } },
      });
    },
  );

  it('is known to be merged, and into whom', async () => {
    const { answer, end, person } = await createSetting();

    await end('MERGE');
    await answer();

    expect(await person()).toMatchObject({ ends: [], row: { id: '7', mergedInto: '8' } });
  });

  it('is gone for its record that is linked while the end is being kept', async () => {
    const links = { linkNow: () => Promise.resolve() };
    const { answer, end, person } = await createSetting((stored) => ({
      ...stored,
      async keepEnds(ends) {
        await links.linkNow();
        await stored.keepEnds(ends);
      },
    }));
    links.linkNow = answer;

    await end('DELETE');

    expect((await person()).row?.deletedAt).toEqual({ epoch: 1, number: 9 });
  });

  it('leads nowhere while nobody is linked to it', async () => {
    const { end, links } = await createSetting();

    await end('DELETE');

    expect(await links.resolve([personKey])).toEqual(new Map());
  });
});
