import type { MarketoObjects, ObjectResult } from '../marketoObjects.ts';

/** An empty Marketo without native CRM sync. */
export type MarketoObjectsHarness = { readonly objects: MarketoObjects; close(): Promise<void> };

const company = { externalCompanyId: 'A-1', company: 'Example Ltd' };
const opportunity = { externalOpportunityId: 'O-1', name: 'Chairs', externalCompanyId: 'A-1' };
const resultsOf = (results: readonly ObjectResult[]): string[] => results.map(({ result }) => result);

/** The promises of `MarketoObjects`. */
export function marketoObjectsContract(open: () => Promise<MarketoObjectsHarness>): void {
  const onMarketo = (use: (objects: MarketoObjects) => Promise<void>) => async (): Promise<void> => {
    const { objects, close } = await open();
    try {
      await use(objects);
    } finally {
      await close();
    }
  };

  it(
    'creates by the key, then updates, and answers in input order with one id',
    onMarketo(async (objects) => {
      const second = { externalCompanyId: 'A-2', company: 'Other Ltd' };
      const created = await objects.upsert('company', [company, second]);
      const updated = await objects.upsert('company', [{ ...company, company: 'Example GmbH' }]);

      expect(resultsOf(created)).toEqual(['CREATED', 'CREATED']);
      expect(updated).toEqual([{ result: 'UPDATED', id: created[0] && 'id' in created[0] && created[0].id }]);
    }),
  );

  it(
    'finds by the key with the fields asked for, and leaves out who is not there',
    onMarketo(async (objects) => {
      const [created] = await objects.upsert('company', [company]);
      const found = await objects.find(
        'company',
        [{ externalCompanyId: 'A-9' }, { externalCompanyId: 'A-1' }],
        ['company', 'industry'],
      );

      expect(await objects.keyFields('company')).toEqual(['externalCompanyId']);
      expect(found).toEqual([
        { id: created && 'id' in created && created.id, fields: { ...company, industry: null } },
      ]);
    }),
  );

  it(
    'describes fields with type, length, and whether they may be written',
    onMarketo(async (objects) => {
      const fields = await objects.describe('company');

      expect(
        ['externalCompanyId', 'company', 'annualRevenue', 'createdAt'].map((name) => fields?.get(name)),
      ).toEqual([
        { name: 'externalCompanyId', type: 'string', lengthMax: 50, isWritable: true },
        { name: 'company', type: 'string', lengthMax: 255, isWritable: true },
        { name: 'annualRevenue', type: 'number', lengthMax: null, isWritable: true },
        { name: 'createdAt', type: 'timestamp', lengthMax: null, isWritable: false },
      ]);
    }),
  );

  it(
    'writes nothing that names a record which is not there',
    onMarketo(async (objects) => {
      const results = await objects.upsert('opportunity', [opportunity]);

      expect(results).toEqual([{ result: 'PARENT_MISSING', marketoCode: '718' }]);
      expect(await objects.find('opportunity', [opportunity], [])).toEqual([]);
    }),
  );

  it(
    'deletes by the key alone, and not what others still name',
    onMarketo(async (objects) => {
      await objects.upsert('company', [company]);
      await objects.upsert('opportunity', [opportunity]);

      expect(resultsOf(await objects.remove('company', [{ externalCompanyId: 'A-1' }]))).toEqual(['IN_USE']);
      expect(resultsOf(await objects.remove('opportunity', [opportunity]))).toEqual(['DELETED']);
      expect(resultsOf(await objects.remove('company', [company]))).toEqual(['DELETED']);
      expect(resultsOf(await objects.remove('company', [company]))).toEqual(['NOT_FOUND']);
    }),
  );
}
