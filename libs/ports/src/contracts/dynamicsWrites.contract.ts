import { idOf, onlyRow, readAll, type DynamicsHarness } from './dynamicsHarness.ts';

/** What every DynamicsWriter must do (dataverse facts 2.2, 3.2); `current` is opened anew for each test. */
export function describeWrites(current: () => DynamicsHarness): void {
  let harness: DynamicsHarness;
  beforeEach(() => {
    harness = current();
  });

  describe('writes only what is still as it was read', () => {
    it('changes the given columns and answers the row that is left behind', async () => {
      const { version } = await onlyRow(harness, { firstname: 'Ada', lastname: 'Reed', jobtitle: 'Pilot' });

      const columns = {
        lastname: 'Rhodes',
        jobtitle: null,
        leadsourcecode: 3,
        revenue: '922337203685476.37',
        donotfax: true,
      };
      const result = await harness.dynamics.update({ table: 'lead', id: idOf(1), version, columns });

      const row = await harness.dynamics.read('lead', idOf(1));
      expect(result).toEqual({ result: 'WRITTEN', row });
      expect(row?.fields).toMatchObject({
        firstname: 'Ada',
        lastname: 'Rhodes',
        jobtitle: null,
        leadsourcecode: { value: 3, label: 'External Referral' },
        revenue: '922337203685476.37',
        donotfax: true,
      });
      expect(row?.version).toBeGreaterThan(version);
    });

    it('leaves an edit alone that came in between', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      await harness.human.edit('lead', idOf(1), { lastname: 'Human' });

      const result = await harness.dynamics.update({
        table: 'lead',
        id: idOf(1),
        version,
        columns: { lastname: 'Ours' },
      });

      expect(result).toEqual({ result: 'STALE' });
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['lastname']).toBe('Human');
    });

    it('does not bring a deleted row back', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      await harness.human.remove('lead', idOf(1));

      const result = await harness.dynamics.update({
        table: 'lead',
        id: idOf(1),
        version,
        columns: { lastname: 'Ours' },
      });

      expect(result).toEqual({ result: 'MISSING' });
      expect(await harness.dynamics.read('lead', idOf(1))).toBeNull();
    });

    it('refuses a closed lead, whatever column is written, until it is reactivated', async () => {
      await onlyRow(harness, { lastname: 'Reed' });
      const write = async () => {
        const version = (await harness.dynamics.read('lead', idOf(1)))?.version ?? 0;
        return harness.dynamics.update({
          table: 'lead',
          id: idOf(1),
          version,
          columns: { lastname: 'Ours' },
        });
      };
      const turn = (state: number, status: number) =>
        harness.human.edit('lead', idOf(1), {
          statecode: { value: state, label: null },
          statuscode: { value: status, label: null },
        });
      await turn(2, 4);

      expect(await write()).toMatchObject({ result: 'REFUSED', code: 'DYNAMICS_ROW_CLOSED', field: null });
      await turn(0, 1);
      expect(await write()).toMatchObject({ result: 'WRITTEN' });
    });

    it('names the column of a refused value without repeating the value', async () => {
      const { version } = await onlyRow(harness, { firstname: 'Ada', lastname: 'Reed' });
      const columns = { lastname: 'Ours', firstname: 'secret'.repeat(100) };

      const result = await harness.dynamics.update({ table: 'lead', id: idOf(1), version, columns });

      expect(result).toMatchObject({ result: 'REFUSED', code: '0x80044331', field: 'firstname' });
      expect(JSON.stringify(result)).not.toContain('secret');
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['lastname']).toBe('Reed');
    });

    it('binds the customer of a contact to an account, and names that column when there is no such account', async () => {
      const [contactId, accountId] = [idOf(2), idOf(3)];
      await harness.human.seed('contact', [{ id: contactId, fields: { lastname: 'Reed' } }]);
      await harness.human.seed('account', [{ id: accountId, fields: { name: 'Example Ltd' } }]);
      const write = async (parentcustomerid: string) => {
        const { version = 0 } = (await harness.dynamics.read('contact', contactId)) ?? {};
        return harness.dynamics.update({
          ...{ table: 'contact', id: contactId, version, columns: { parentcustomerid } },
        });
      };

      expect(await write(idOf(4))).toMatchObject({ result: 'REFUSED', field: 'parentcustomerid' });
      expect(await write(accountId)).toMatchObject({ result: 'WRITTEN' });
      expect((await harness.dynamics.read('contact', contactId))?.fields['parentcustomerid']).toMatchObject({
        id: accountId,
        table: 'account',
      });
      await harness.human.remove('contact', contactId);
      const gone = { table: 'contact', id: contactId, version: 1, columns: { parentcustomerid: accountId } };
      expect(await harness.dynamics.update(gone)).toEqual({ result: 'MISSING' });
    });

    it('refuses an option that is not in the set', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });

      const result = await harness.dynamics.update({
        table: 'lead',
        id: idOf(1),
        version,
        columns: { leadsourcecode: 77 },
      });

      expect(result).toMatchObject({ result: 'REFUSED', code: '0x8004431a', field: 'leadsourcecode' });
    });

    it('deletes a row for good, and the next delta tells', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      const { position } = await readAll(harness, null);
      const removal = { table: 'lead', id: idOf(1), version };

      expect(await harness.dynamics.deleteRow(removal)).toEqual({ result: 'DELETED' });

      expect(await harness.dynamics.read('lead', idOf(1))).toBeNull();
      expect((await readAll(harness, position)).deletedIds).toEqual([idOf(1)]);
      expect(await harness.dynamics.deleteRow(removal)).toEqual({ result: 'MISSING' });
    });

    it('deletes nothing that was edited in between', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      await harness.human.edit('lead', idOf(1), { lastname: 'Human' });

      expect(await harness.dynamics.deleteRow({ table: 'lead', id: idOf(1), version })).toEqual({
        result: 'STALE',
      });
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['lastname']).toBe('Human');
    });

    it('merges a row into another one, which carries on with its own values', async () => {
      await harness.human.seed('lead', [{ id: idOf(2), fields: { lastname: 'Winner' } }]);
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      const merge = { table: 'lead', id: idOf(1), version, into: idOf(2) };

      expect(await harness.dynamics.mergeRow(merge)).toEqual({ result: 'MERGED' });

      const loser = (await harness.dynamics.read('lead', idOf(1)))?.fields;
      expect(loser).toMatchObject({ merged: true, statecode: { value: 2 }, lastname: 'Reed' });
      expect(loser?.['masterid']).toMatchObject({ id: idOf(2), table: 'lead' });
      expect((await harness.dynamics.read('lead', idOf(2)))?.fields).toMatchObject({
        ...{ lastname: 'Winner', masterid: null },
      });
      expect(await harness.dynamics.mergeRow(merge)).toEqual({ result: 'STALE' });
    });

    it('merges nothing that was edited in between, that is gone, or that has nobody to carry on', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      const merge = { table: 'lead', id: idOf(1), version, into: idOf(2) };

      expect(await harness.dynamics.mergeRow(merge)).toMatchObject({ result: 'REFUSED', field: null });
      await harness.human.seed('lead', [{ id: idOf(2), fields: { lastname: 'Winner' } }]);
      await harness.human.edit('lead', idOf(1), { lastname: 'Human' });
      expect(await harness.dynamics.mergeRow(merge)).toEqual({ result: 'STALE' });
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['lastname']).toBe('Human');
      expect(await harness.dynamics.mergeRow({ ...merge, id: idOf(3) })).toEqual({ result: 'MISSING' });
    });

    it('deactivates a row', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      const columns = { statecode: 2 };

      const { result } = await harness.dynamics.update({ table: 'lead', id: idOf(1), version, columns });

      expect(result).toBe('WRITTEN');
      expect((await harness.dynamics.read('lead', idOf(1)))?.fields['statecode']).toMatchObject({ value: 2 });
    });

    it('shows its own write in the next delta with the version that the write answered', async () => {
      const { version } = await onlyRow(harness, { lastname: 'Reed' });
      const { position } = await readAll(harness, null);

      const result = await harness.dynamics.update({
        table: 'lead',
        id: idOf(1),
        version,
        columns: { lastname: 'Ours' },
      });

      const delta = await readAll(harness, position);
      expect(result.result).toBe('WRITTEN');
      expect(delta.rows).toEqual(result.result === 'WRITTEN' ? [result.row] : []);
    });
  });
}
