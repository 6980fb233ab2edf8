import type { FeedRow, MarketoPeople, Merge } from '../marketoPeople.ts';
import { personOf, seedOne, type MarketoHarness, type MarketoHuman } from './marketoHarness.ts';

const beginningMs = Date.UTC(2020, 0, 1);
const pagesMax = 50;

async function readAll<Page extends { readonly position: string; readonly hasMore: boolean }>(
  read: (position: string) => Promise<Page>,
  position: string,
): Promise<{ readonly pages: readonly Page[]; readonly position: string }> {
  const pages: Page[] = [];
  let next = position;
  while (pages.length < pagesMax) {
    const page = await read(next);
    pages.push(page);
    next = page.position;
    if (!page.hasMore) return { pages, position: next };
  }
  throw new Error('the feed does not end');
}

async function readWholeFeed(people: MarketoPeople, from: string) {
  const { pages, position } = await readAll(people.readFeed, from);
  return { rows: pages.flatMap(({ rows }) => rows), position };
}

async function readAllDeleted(people: MarketoPeople, position: string): Promise<readonly string[]> {
  return (await readAll(people.readDeleted, position)).pages.flatMap(({ personIds }) => personIds);
}

async function readAllMerges(people: MarketoPeople, position: string): Promise<readonly Merge[]> {
  return (await readAll(people.readMergesAndPartitions, position)).pages.flatMap(({ merges }) => merges);
}

/** What every MarketoPeople must show of changes (marketo-rest 3); `current` is opened anew for each test. */
export function describeFeeds(current: () => MarketoHarness): void {
  let people: MarketoPeople;
  let human: MarketoHuman;
  beforeEach(() => {
    ({ people, human } = current());
  });

  describe('follows changes', () => {
    it.each(['readFeed', 'readDeleted', 'readMergesAndPartitions'] as const)(
      'says in %s when it does not know a position',
      async (read) => {
        await expect(people[read]('no position')).rejects.toMatchObject({ code: 'MARKETO_POSITION_LOST' });
      },
    );

    it('shows everyone who was created since the start, without a field', async () => {
      const position = await people.openFeed(beginningMs);
      const id = await seedOne(human, { email: 'ada@example.com' });

      const { rows } = await readWholeFeed(people, position);

      expect(rows).toMatchObject([
        { personId: id, activityType: 12, field: null, oldValue: null, newValue: null },
      ]);
    });

    it('shows a human edit and our own write in order, with old and new values as display text', async () => {
      const id = await seedOne(human, {
        email: 'ada@example.com',
        lastName: 'Reed',
        crmCreatedDate: '2026-03-01T12:30:05Z',
      });
      const { position } = await readWholeFeed(people, await people.openFeed(beginningMs));
      await human.edit(id, { lastName: 'Rhodes', unsubscribed: true, leadScore: 7 });
      const input = [{ id, lastName: 'Ours', crmCreatedDate: null }];
      await people.upsert({ action: 'updateOnly', lookupField: 'id', input });

      const { rows } = await readWholeFeed(people, position);

      expect(rows.map(({ field, oldValue, newValue }) => [field, oldValue, newValue])).toEqual([
        ['lastName', 'Reed', 'Rhodes'],
        ['unsubscribed', 'False', 'True'],
        ['leadScore', null, '7'],
        ['lastName', 'Rhodes', 'Ours'],
        ['crmCreatedDate', '2026-03-01 12:30:05', null],
      ]);
      expect(rows.every(({ personId, activityType }) => personId === id && activityType === 13)).toBe(true);
      expect(new Set(rows.map(({ marketoGUID }) => marketoGUID)).size).toBe(5);
      expect(rows[0]?.source).toBe('Lead update');
      expect(rows[4]?.source).toBe('Web service API');
      expect(rows[0]?.activityDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it('logs nothing for a write that changes nothing', async () => {
      const id = await seedOne(human, { email: 'ada@example.com', lastName: 'Reed' });
      const { position } = await readWholeFeed(people, await people.openFeed(beginningMs));

      const input = [{ id, lastName: 'Reed', unsubscribed: null }];
      const results = await people.upsert({ action: 'updateOnly', lookupField: 'id', input });

      expect(results).toEqual([{ result: 'UPDATED', personId: id }]);
      expect((await readWholeFeed(people, position)).rows).toEqual([]);
    });

    it('gives each row once when it goes on where it stopped, and again when it starts over', async () => {
      const id = await seedOne(human, { email: 'ada@example.com', lastName: 'Reed' });
      const start = await people.openFeed(beginningMs);
      const first = await readWholeFeed(people, start);
      await human.edit(id, { lastName: 'Rhodes' });

      const second = await readWholeFeed(people, first.position);

      expect(second.rows).toMatchObject([{ field: 'lastName', newValue: 'Rhodes' }]);
      expect((await readWholeFeed(people, start)).rows).toEqual([...first.rows, ...second.rows]);
    });

    it('tells who was deleted, and only that', async () => {
      const position = await people.openFeed(beginningMs);
      const [gone, stays] = await human.seed([{ email: 'gone@example.com' }, { email: 'stays@example.com' }]);
      await human.remove(String(gone));

      expect(await readAllDeleted(people, position)).toEqual([gone]);
      expect((await people.findPersons('id', [String(gone), String(stays)])).map(({ id }) => id)).toEqual([
        stays,
      ]);
    });

    it('tells who became part of whom, and that by the merge alone', async () => {
      const position = await people.openFeed(beginningMs);
      const [winner = '', first = '', second = ''] = await human.seed([
        { lastName: 'Reed' },
        { city: 'Ulm', lastName: 'Rhodes' },
        { city: 'Bonn', phone: '1' },
      ]);
      await human.merge(winner, [first, second]);

      const merge = { winnerId: winner, loserIds: [first, second], mergedAt: expect.stringMatching(/T.*Z$/) };
      expect(await readAllMerges(people, position)).toEqual([merge]);
      expect(await readAllDeleted(people, position)).toEqual([]);
      expect(await people.findPersons('id', [first, second])).toEqual([]);
      expect(await personOf(people, winner)).toMatchObject({ lastName: 'Reed', city: 'Ulm', phone: '1' });
    });

    it('tells of what happened to the losers of a merge as of the winner', async () => {
      const position = await people.openFeed(beginningMs);
      const [winner = '', loser = ''] = await human.seed([{ lastName: 'Reed' }, { lastName: 'Rhodes' }]);
      await human.edit(loser, { city: 'Bonn' });
      const before = await readWholeFeed(people, position);
      await human.merge(winner, [loser]);

      const rowsOf = ({ rows }: { readonly rows: readonly FeedRow[] }) =>
        rows.filter(({ newValue }) => newValue === 'Bonn');
      const [told] = rowsOf(before);
      expect(told).toMatchObject({ personId: loser });
      expect(rowsOf(await readWholeFeed(people, position))).toContainEqual({ ...told, personId: winner });
    });

    it('tells who went to another partition, with both partitions, beside the merges', async () => {
      const id = await seedOne(human, { lastName: 'Reed' });
      const { position } = await readWholeFeed(people, await people.openFeed(beginningMs));
      await human.move(id, 'Europe');
      await human.move(id, 'Asia');

      const { pages } = await readAll(people.readMergesAndPartitions, position);

      const rows = pages.flatMap(({ partitionRows }) => partitionRows);
      const moved = { personId: id, activityType: 100, field: 'leadPartitionId' };
      expect(rows).toMatchObject([
        { ...moved, oldValue: '1' },
        { ...moved, oldValue: rows[0]?.newValue },
      ]);
      expect(new Set(rows.map(({ newValue }) => newValue)).size).toBe(2);
      expect((await readWholeFeed(people, position)).rows).toEqual([]);
    });
  });
}
