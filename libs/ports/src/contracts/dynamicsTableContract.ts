import type { FieldValues } from '@lockstep/change-events';
import { idOf, lead, onlyRow, readAll, type DynamicsHarness } from './dynamicsHarness.ts';
import { describeCreations } from './dynamicsCreations.contract.ts';
import { describeWrites } from './dynamicsWrites.contract.ts';

const never = new AbortController().signal;

/** What every DynamicsReader and DynamicsWriter must do (dataverse facts 1, 2.2, 3.2). */
export function dynamicsContract(start: () => Promise<DynamicsHarness>): void {
  let harness: DynamicsHarness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  describe('reads a table by change tracking', () => {
    it('reads every row once, over several pages, and ends with a position for what comes later', async () => {
      const ids = [1, 2, 3, 4, 5].map(idOf);
      await harness.human.seed(
        'lead',
        ids.map((id) => ({ id, fields: { lastname: 'Reed' } })),
      );

      const first = await readAll(harness, null);

      expect(first.rows.map(({ id }) => id).sort()).toEqual(ids);
      expect(first.pages).toBe(3);
      expect(first.deletedIds).toEqual([]);
      expect(await readAll(harness, first.position)).toMatchObject({ rows: [], deletedIds: [], pages: 1 });
    });

    it('shows created, changed and deleted rows after the position, and nothing else', async () => {
      await harness.human.seed(
        'lead',
        [1, 2, 3].map((number) => ({ id: idOf(number), fields: { lastname: 'Reed' } })),
      );
      const { position } = await readAll(harness, null);
      await harness.human.edit('lead', idOf(1), { lastname: 'Rhodes' });
      await harness.human.remove('lead', idOf(2));
      await harness.human.seed('lead', [{ id: idOf(4), fields: { lastname: 'Ito' } }]);

      const delta = await readAll(harness, position);

      expect(delta.rows.map(({ id, fields }) => [id, fields['lastname']])).toEqual([
        [idOf(1), 'Rhodes'],
        [idOf(4), 'Ito'],
      ]);
      expect(delta.deletedIds).toEqual([idOf(2)]);
    });

    it('shows what changes during a full read at the latest in the first delta', async () => {
      await harness.human.seed(
        'lead',
        [1, 2, 3, 4].map((number) => ({ id: idOf(number), fields: { lastname: 'Reed' } })),
      );
      const firstPage = await harness.dynamics.readPage(lead, null, never);
      const seen = firstPage.rows[0]?.id ?? '';
      await harness.human.edit('lead', seen, { lastname: 'Rhodes' });
      const unseen = [1, 2, 3, 4].map(idOf).find((id) => firstPage.rows.every((row) => row.id !== id)) ?? '';
      await harness.human.remove('lead', unseen);

      const rest = await readAll(harness, firstPage.position);
      const delta = await readAll(harness, rest.position);

      expect(firstPage.complete).toBe(false);
      expect([...rest.rows, ...delta.rows].filter(({ id }) => id === seen).at(-1)?.fields['lastname']).toBe(
        'Rhodes',
      );
      expect([...rest.deletedIds, ...delta.deletedIds]).toEqual([unseen]);
    });

    it('answers the same position twice with the same changes', async () => {
      const { position } = await readAll(harness, null);
      await harness.human.seed('lead', [{ id: idOf(1), fields: { lastname: 'Reed' } }]);

      const [once, again] = [await readAll(harness, position), await readAll(harness, position)];

      expect(once.rows).toHaveLength(1);
      expect(again.rows).toEqual(once.rows);
    });

    it('refuses an expired position with DYNAMICS_POSITION_EXPIRED', async () => {
      const { position } = await readAll(harness, null);
      await harness.human.expirePositions();

      await expect(harness.dynamics.readPage(lead, position, never)).rejects.toMatchObject({
        code: 'DYNAMICS_POSITION_EXPIRED',
      });
    });

    it('refuses a table that is not configured with DYNAMICS_TABLE_UNKNOWN', async () => {
      await expect(
        harness.dynamics.readPage({ ...lead, table: 'parrot', entitySet: 'parrots' }, null, never),
      ).rejects.toMatchObject({
        code: 'DYNAMICS_TABLE_UNKNOWN',
      });
    });

    it('counts the rows of a table', async () => {
      await harness.human.seed(
        'lead',
        [1, 2, 3].map((number) => ({ id: idOf(number), fields: {} })),
      );

      expect(await harness.dynamics.countRows(lead)).toBe(3);
    });
  });

  describe('keeps the meaning of values', () => {
    it('gives option sets with their label, lookups with their table, decimals with all their digits', async () => {
      const fields: FieldValues = {
        firstname: 'Zoë',
        lastname: 'O’Hara "Bo" \\ 李',
        donotphone: true,
        donotbulkemail: false,
        mkt_priority: -3,
        leadsourcecode: { value: 8, label: 'Web' },
        revenue: '9007199254740.01',
        mkt_lastinterestingmomentdate: '2026-03-01T12:30:05Z',
        jobtitle: null,
      };

      const row = await onlyRow(harness, fields);

      expect(row.fields).toMatchObject(fields);
      expect(row.fields['statecode']).toEqual({ value: 0, label: 'Open' });
      expect(row.fields['ownerid']).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        table: 'systemuser',
      });
      expect(row.fields['createdon']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it('shows the same row in a page as in a single read', async () => {
      const row = await onlyRow(harness, { lastname: 'Reed', revenue: '12.5' });

      expect((await readAll(harness, null)).rows).toEqual([row]);
    });

    it('says when a row changed and who changed it, and raises its version with every change', async () => {
      const before = await onlyRow(harness, { lastname: 'Reed' });
      await harness.human.edit('lead', idOf(1), { lastname: 'Rhodes' });

      const after = await harness.dynamics.read('lead', idOf(1));

      expect(after?.version).toBeGreaterThan(before.version);
      expect(Number.isNaN(Date.parse(after?.changedAt ?? ''))).toBe(false);
      expect(after?.changedBy).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('answers null for a row that does not exist', async () => {
      expect(await harness.dynamics.read('lead', idOf(9))).toBeNull();
    });
  });

  describeWrites(() => harness);
  describeCreations(() => harness);
}
