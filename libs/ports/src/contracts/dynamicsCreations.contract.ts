import type { DynamicsCreation } from '../dynamicsTable.ts';
import { idOf, readAll, type DynamicsHarness } from './dynamicsHarness.ts';

/** What every DynamicsWriter must do about new rows (dataverse facts 3.2, 3.6, 3.8); `current` is opened anew for each test. */
export function describeCreations(current: () => DynamicsHarness): void {
  let harness: DynamicsHarness;
  beforeEach(() => {
    harness = current();
  });
  const creation = (changes: Partial<DynamicsCreation> = {}): DynamicsCreation => ({
    ...{ table: 'lead', id: idOf(1), columns: { lastname: 'Reed', emailaddress1: 'ann@example.com' } },
    ...changes,
  });

  describe('creates a row under the id that it is given', () => {
    it('and answers it as it is, in the form in which the next delta shows it', async () => {
      const { position } = await readAll(harness, null);

      const result = await harness.dynamics.create(creation());

      expect(result).toMatchObject({ result: 'WRITTEN', row: { id: idOf(1), fields: { lastname: 'Reed' } } });
      const delta = await readAll(harness, position);
      expect(delta.rows).toEqual(result.result === 'WRITTEN' ? [result.row] : []);
    });

    it('only once: whoever has the id stays as it is', async () => {
      await harness.dynamics.create(creation());

      const again = await harness.dynamics.create(creation({ columns: { lastname: 'Other' } }));

      expect(again).toEqual({ result: 'EXISTS' });
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['lastname']).toBe('Reed');
    });

    it('for the user who is to own it', async () => {
      await harness.human.seed('systemuser', [
        {
          id: idOf(7),
          fields: { firstname: 'Ann', lastname: 'Owner', internalemailaddress: 'ann@crm.example' },
        },
      ]);
      const owner = { table: 'systemuser', id: idOf(7) } as const;

      const result = await harness.dynamics.create(creation({ owner }));

      expect(result).toMatchObject({ result: 'WRITTEN', row: { fields: { ownerid: owner } } });
      for (const text of ['ANN@crm.example', 'Ann Owner', idOf(7)])
        expect(await harness.dynamics.findOwners(text)).toEqual([owner]);
      expect(await harness.dynamics.findOwners("O'Nobody")).toEqual([]);
    });

    it('unless a value is refused, whose column it names', async () => {
      const result = await harness.dynamics.create(creation({ columns: { firstname: 'x'.repeat(51) } }));

      expect(result).toMatchObject({ result: 'REFUSED', field: 'firstname', code: '0x80044331' });
      expect(await harness.dynamics.read('lead', idOf(1))).toBeNull();
    });

    it('and lets the rules of Dynamics hold a duplicate back only when asked to', async () => {
      await harness.dynamics.create(creation());

      const held = await harness.dynamics.create(creation({ id: idOf(2), detectDuplicates: true }));
      const made = await harness.dynamics.create(creation({ id: idOf(2) }));

      expect([held, made]).toMatchObject([
        { result: 'REFUSED', code: 'DYNAMICS_DUPLICATE', field: null },
        { result: 'WRITTEN' },
      ]);
    });
  });
}
