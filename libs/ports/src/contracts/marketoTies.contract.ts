import { personOf, seedOne, type MarketoHarness } from './marketoHarness.ts';

const company = { externalCompanyId: 'A-1', company: 'Example Ltd' };
const opportunity = { externalOpportunityId: 'O-1', name: 'Chairs' };
const roleOf = (personId: string) => ({
  ...{ externalOpportunityId: 'O-1', leadId: Number(personId), role: 'Stakeholder' },
});

/** What persons and the records beside them are to each other (marketo-rest 2.5, 2.6, 4); `current` is opened anew for each test. */
export function describeTies(current: () => MarketoHarness): void {
  const join = (id: string, externalCompanyId: string) =>
    current().people.upsert({
      ...{ action: 'updateOnly', lookupField: 'id', input: [{ id, externalCompanyId, title: 'Pilot' }] },
    });

  describe('ties persons to other records', () => {
    it('skips a person as a whole that names a company which is not there, and takes it once that is', async () => {
      const { people, human, objects } = current();
      const id = await seedOne(human, { lastName: 'Reed' });

      expect(await join(id, 'A-1')).toMatchObject([{ result: 'REFUSED', code: '1013', field: null }]);
      expect(await personOf(people, id)).toMatchObject({ title: null, externalCompanyId: null });
      await objects.upsert('company', [company]);
      expect(await join(id, 'A-1')).toMatchObject([{ result: 'UPDATED' }]);
    });

    it('shows the fields of its company on a person, and every later change of them', async () => {
      const { people, human, objects } = current();
      const id = await seedOne(human, { lastName: 'Reed', company: 'Elsewhere' });
      await objects.upsert('company', [company]);

      await join(id, 'A-1');
      expect(await personOf(people, id)).toMatchObject({ company: 'Example Ltd' });
      await objects.upsert('company', [{ ...company, company: 'Example GmbH' }]);
      expect(await personOf(people, id)).toMatchObject({ company: 'Example GmbH' });
    });

    it('makes no role of a person who is not there, and drops those of one who is deleted', async () => {
      const { human, objects } = current();
      const id = await seedOne(human, { lastName: 'Reed' });
      await objects.upsert('opportunity', [opportunity]);

      expect(await objects.upsert('role', [roleOf('987654')])).toMatchObject([{ result: 'PARENT_MISSING' }]);
      expect(await objects.upsert('role', [roleOf(id)])).toMatchObject([{ result: 'CREATED' }]);
      await human.remove(id);
      expect(await objects.find('role', [roleOf(id)], [])).toEqual([]);
    });

    it('makes no custom object of a person who is not there, and leaves those of one who goes as they are', async () => {
      const { human, objects, prepareVisits } = current();
      const [gone = '', loser = '', winner = ''] = await human.seed([{}, {}, {}]);
      await prepareVisits();
      const ofGone = { key: 'V-1', leadId: Number(gone) };
      const ofLoser = { key: 'V-2', leadId: Number(loser) };

      expect(await objects.upsert('custom:visit', [{ key: 'V-1', leadId: 987654 }])).toMatchObject([
        { result: 'PARENT_MISSING', marketoCode: '1004' },
      ]);
      expect(await objects.upsert('custom:visit', [ofGone, ofLoser])).toMatchObject([
        { result: 'CREATED' },
        { result: 'CREATED' },
      ]);
      await human.remove(gone);
      await human.merge(winner, [loser]);
      const held = await objects.find('custom:visit', [ofGone, ofLoser], ['leadId']);
      expect(held.map(({ fields }) => fields)).toEqual([ofGone, ofLoser]);
    });

    it('gives the roles of a person who is merged away to the winner', async () => {
      const { human, objects } = current();
      const [winner = '', loser = ''] = await human.seed([{ lastName: 'Reed' }, { lastName: 'Rhodes' }]);
      await objects.upsert('opportunity', [opportunity]);
      await objects.upsert('role', [roleOf(loser)]);

      await human.merge(winner, [loser]);

      expect(await objects.find('role', [roleOf(winner), roleOf(loser)], [])).toHaveLength(1);
    });
  });
}
