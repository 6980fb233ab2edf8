import type { MarketoPeople } from '../marketoPeople.ts';
import { describeFeeds } from './marketoFeeds.contract.ts';
import { describeTies } from './marketoTies.contract.ts';
import { personOf, seedOne, type MarketoHarness, type MarketoHuman } from './marketoHarness.ts';

/** What every MarketoPeople must do (marketo-rest 2.2, 2.4, 2.5, 3). */
export function marketoContract(start: () => Promise<MarketoHarness>): void {
  let harness: MarketoHarness;
  let people: MarketoPeople;
  let human: MarketoHuman;
  beforeEach(async () => {
    harness = await start();
    ({ people, human } = harness);
  });
  afterEach(() => harness.close());

  describe('reads a static list', () => {
    it('page by page, each member once, and knows when there is no such list', async () => {
      const ids = await human.seed(Array.from({ length: 301 }, (_, n) => ({ lastName: `Name ${n}` })));
      const list = await human.list(ids.slice(0, 300));
      const long = await human.list(ids);

      expect(await people.readMembers(list, null)).toMatchObject({ personIds: ids.slice(0, 300) });
      const first = await people.readMembers(long, null);
      const last = await people.readMembers(long, first?.position ?? null);
      expect([...(first?.personIds ?? []), ...(last?.personIds ?? [])]).toEqual(ids);
      expect(last?.position).toBeNull();
      expect(await people.readMembers('987654', null)).toBeNull();
    });
  });

  describe('finds persons', () => {
    it('by id, by email address and by our key, ordered by id', async () => {
      const [ada, bo] = await human.seed([
        { email: 'ada@example.com', crmId: 'a-1' },
        { email: 'bo@example.com', crmId: 'b-2' },
      ]);

      const found = await Promise.all([
        people.findPersons('id', [String(bo), String(ada)]),
        people.findPersons('email', ['bo@example.com', 'nobody@example.com']),
        people.findPersons('crmId', ['a-1']),
      ]);

      expect(found.map((persons) => persons.map(({ id }) => id))).toEqual([[ada, bo], [bo], [ada]]);
    });

    it('finds everyone who shares an email address', async () => {
      const ids = await human.seed([{ email: 'two@example.com' }, { email: 'two@example.com' }]);

      expect((await people.findPersons('email', ['two@example.com'])).map(({ id }) => id)).toEqual(ids);
    });

    it('finds nobody for unknown values and for no values', async () => {
      expect(await people.findPersons('email', ['nobody@example.com'])).toEqual([]);
      expect(await people.findPersons('email', [])).toEqual([]);
    });

    it('takes as many values as one call allows', async () => {
      const emails = Array.from(
        { length: 300 },
        (_, index) => `person.number.${index}@department.example.com`,
      );
      const [id] = await human.seed([{ email: emails[299] ?? null }]);

      expect((await people.findPersons('email', emails)).map((person) => person.id)).toEqual([id]);
    });

    it('gives every field with its type, empty ones as null, booleans as false', async () => {
      const values = {
        email: 'ada@example.com',
        lastName: 'O’Hara "Bo" \\ 李',
        unsubscribed: true,
        leadScore: -4,
        annualRevenue: 1200.5,
        lastInterestingMomentDate: '2026-03-01T12:30:05Z',
      };
      const id = await seedOne(human, values);

      const fields = await personOf(people, id);

      expect(fields).toMatchObject({ ...values, title: null, doNotCall: false, priority: null });
      expect(fields?.['createdAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Object.keys(fields ?? {})).not.toContain('id');
    });

    it('names the field when it cannot be searched by', async () => {
      await expect(people.findPersons('parrot', ['x'])).rejects.toMatchObject({
        code: 'MARKETO_FIELD_UNKNOWN',
      });
    });
  });

  describe('ends persons', () => {
    it('deletes by id, in the order of the input, and says who was not there', async () => {
      const ids = await human.seed([{ lastName: 'Reed' }, { lastName: 'Rhodes' }]);

      const results = await people.deletePersons(['987654', String(ids[1])]);

      expect(results).toEqual([{ result: 'NOT_FOUND' }, { result: 'DELETED', id: ids[1] }]);
      expect((await people.findPersons('id', [...ids])).map(({ id }) => id)).toEqual([ids[0]]);
    });

    it('merges: the values of the winner stay, its empty ones come from the losers, who are gone', async () => {
      const [winner = '', loser = '', other = ''] = await human.seed([
        { lastName: 'Reed', city: 'Ulm' },
        { lastName: 'Rhodes', title: 'Pilot' },
        { phone: '1' },
      ]);

      await people.mergePersons(winner, [loser, other]);

      expect(await people.findPersons('id', [winner, loser, other])).toMatchObject([
        { id: winner, fields: { lastName: 'Reed', city: 'Ulm', title: 'Pilot', phone: '1' } },
      ]);
    });

    it('merges nobody when one of them is not there', async () => {
      const [winner = '', loser = ''] = await human.seed([{ lastName: 'Reed' }, { title: 'Pilot' }]);

      await expect(people.mergePersons(winner, [loser, '987654'])).rejects.toMatchObject({
        code: 'MARKETO_REFUSED',
      });

      expect(await people.findPersons('id', [winner, loser])).toHaveLength(2);
    });
  });

  describe('writes persons', () => {
    it('creates who is not there and updates who is, in the order of the input', async () => {
      const known = await seedOne(human, { email: 'ada@example.com', lockstepId: 'g-1', lastName: 'Reed' });

      const results = await people.upsert({
        action: 'createOrUpdate',
        lookupField: 'lockstepId',
        input: [
          { lockstepId: 'g-2', email: 'bo@example.com', unsubscribed: true },
          { lockstepId: 'g-1', lastName: 'Rhodes', email: null },
        ],
      });

      expect(results.map(({ result }) => result)).toEqual(['CREATED', 'UPDATED']);
      expect(results[1]).toEqual({ result: 'UPDATED', personId: known });
      expect(await personOf(people, known)).toMatchObject({ lastName: 'Rhodes', email: null });
      const [created] = await people.findPersons('lockstepId', ['g-2']);
      expect(results[0]).toEqual({ result: 'CREATED', personId: created?.id });
      expect(created?.fields).toMatchObject({ email: 'bo@example.com', unsubscribed: true });
    });

    it('updates by id and never creates', async () => {
      const id = await seedOne(human, { email: 'ada@example.com', lastName: 'Reed' });

      const results = await people.upsert({
        action: 'updateOnly',
        lookupField: 'id',
        input: [
          { id: '987654', lastName: 'Nobody' },
          { id, lastName: 'Rhodes', title: 'Pilot' },
        ],
      });

      expect(results).toEqual([{ result: 'NOT_FOUND' }, { result: 'UPDATED', personId: id }]);
      expect(await personOf(people, id)).toMatchObject({
        lastName: 'Rhodes',
        title: 'Pilot',
        email: 'ada@example.com',
      });
      expect(await people.findPersons('id', ['987654'])).toEqual([]);
    });

    it('reports a key that several persons share and touches none of them', async () => {
      const ids = await human.seed([
        { email: 'two@example.com', lastName: 'One' },
        { email: 'two@example.com', lastName: 'Two' },
      ]);

      const input = [{ email: 'two@example.com', lastName: 'Ours' }];
      const results = await people.upsert({ action: 'createOrUpdate', lookupField: 'email', input });

      expect(results).toEqual([{ result: 'AMBIGUOUS' }]);
      expect((await people.findPersons('id', ids)).map(({ fields }) => fields['lastName'])).toEqual([
        'One',
        'Two',
      ]);
    });

    it('skips the whole record over one bad value, names its field and lets the others through', async () => {
      const results = await people.upsert({
        action: 'createOrUpdate',
        lookupField: 'lockstepId',
        input: [
          { lockstepId: 'g-1', email: 'not an address', lastName: 'Reed' },
          { lockstepId: 'g-2', lastName: 'x'.repeat(300) },
          { lockstepId: 'g-3', email: 'fine@example.com' },
          { lockstepId: 'g-4', parrot: 'Polly' },
        ],
      });

      expect(results).toMatchObject([
        { result: 'REFUSED', code: '1003', field: 'email' },
        { result: 'REFUSED', code: '1077', field: 'lastName' },
        { result: 'CREATED' },
        { result: 'REFUSED', code: '1006', field: 'parrot' },
      ]);
      expect(JSON.stringify(results)).not.toContain('not an address');
      expect(await people.findPersons('lockstepId', ['g-1', 'g-2', 'g-4'])).toEqual([]);
    });
  });

  describeFeeds(() => harness);
  describeTies(() => harness);
}
