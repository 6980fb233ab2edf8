import { SyncError, tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import { inMemoryDynamics } from '@lockstep/ports';
import { checkTable } from './checkTable.ts';

const lead = tableDefinitions['lead'] as TableDefinition;
const never = new AbortController().signal;

describe('checkTable', () => {
  it('counts columns and rows, and names columns that are not read', async () => {
    const dynamics = inMemoryDynamics({ tables: { lead } });
    dynamics.seed('lead', [{ id: 'a', fields: { firstname: 'Ada' } }]);
    dynamics.setColumns('lead', { definition: lead, hidden: ['fax'] });

    expect(
      await checkTable({ catalog: dynamics, reader: dynamics }, { table: 'lead', columns: null }, never),
    ).toEqual({
      ...{ table: 'lead', columns: lead.fields.length - 1, rows: 1 },
      excluded: [{ column: 'fax', reason: 'UNREADABLE' }],
    });
  });

  it('answers what an administrator has to mend, and throws what nobody foresaw', async () => {
    const reader = { countRows: async () => 0 };
    const failing = (error: unknown) => ({ describe: () => Promise.reject(error) });
    const check = (error: unknown) =>
      checkTable({ catalog: failing(error), reader }, { table: 'lead', columns: null }, never);
    const fault = new SyncError('DYNAMICS_TRACKING_OFF', { table: 'lead' });

    expect(await check(fault)).toEqual({ table: 'lead', fault });
    await expect(check(new TypeError('ours'))).rejects.toThrow('ours');
  });
});
