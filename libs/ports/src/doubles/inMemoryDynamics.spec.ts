import { isSyncError, SyncError, tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import {
  dynamicsCatalogContract,
  type DynamicsCatalogHarness,
} from '../contracts/dynamicsCatalogContract.ts';
import { dynamicsRequestsContract } from '../contracts/dynamicsRequestsContract.ts';
import { dynamicsQueriesContract } from '../contracts/dynamicsQueriesContract.ts';
import type { DynamicsHarness } from '../contracts/dynamicsHarness.ts';
import { dynamicsContract } from '../contracts/dynamicsTableContract.ts';
import { inMemoryDynamics } from './inMemoryDynamics.ts';

const lead = tableDefinitions['lead'] as TableDefinition;
const id = '00000000-0000-4000-8000-000000000001';

async function startDouble(): Promise<DynamicsHarness> {
  const dynamics = inMemoryDynamics({ pageSizeMax: 2 });

  return {
    dynamics,
    human: {
      seed: async (table, rows) => dynamics.seed(table, rows),
      edit: async (table, rowId, fields) => void dynamics.edit(table, rowId, fields),
      remove: async (table, rowId) => dynamics.remove(table, rowId),
      tasks: async () => dynamics.tasks(),
      seedCampaign: async (campaignId, name) => dynamics.seedCampaign(campaignId, name),
      members: async (campaignId) => dynamics.members(campaignId),
      expirePositions: async () => dynamics.expirePositions(),
    },
    close: async () => {},
  };
}

async function startCatalog(): Promise<DynamicsCatalogHarness> {
  const dynamics = inMemoryDynamics();
  let columns = { hidden: [] as string[], secured: [] as string[], fields: [...lead.fields] };
  const apply = (table: string, change: Partial<typeof columns>): void => {
    columns = { ...columns, ...change };
    const { hidden, secured, fields } = columns;
    dynamics.setColumns(table, { hidden, secured, definition: { ...lead, fields } });
  };

  return {
    catalog: dynamics,
    administrator: {
      secure: async (table, column, canRead) =>
        apply(
          table,
          canRead ? { secured: [...columns.secured, column] } : { hidden: [...columns.hidden, column] },
        ),
      addColumn: async (table, column) =>
        apply(table, { fields: [...columns.fields, { name: column, type: 'string' }] }),
    },
    close: async () => {},
  };
}

describe('the in-memory Dynamics', () => {
  dynamicsContract(startDouble);
  dynamicsQueriesContract(startDouble);
  dynamicsRequestsContract(startDouble);
  dynamicsCatalogContract(startCatalog);

  it('logs every state with who made it and what changed', async () => {
    const dynamics = inMemoryDynamics();
    dynamics.seed('lead', [{ id, fields: { lastname: 'Reed' } }]);
    const version = dynamics.edit('lead', id, { lastname: 'Rhodes' });
    await dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } });
    dynamics.remove('lead', id);

    expect(
      dynamics.states.map(({ actorKind, operation, sequence }) => [sequence, actorKind, operation]),
    ).toEqual([
      [1, 'human', 'create'],
      [2, 'human', 'update'],
      [3, 'application', 'update'],
      [4, 'human', 'delete'],
    ]);
    expect(dynamics.states[2]?.changed).toEqual({ lastname: { before: 'Rhodes', after: 'Ours' } });
    expect(dynamics.states[3]?.row).toBeNull();
  });

  it('loses an answer after the commit when a hook says so', async () => {
    const dynamics = inMemoryDynamics();
    dynamics.seed('lead', [{ id, fields: { lastname: 'Reed' } }]);
    const version = dynamics.rows('lead')[0]?.version ?? 0;
    dynamics.hooks.afterUpdate = () => {
      throw new SyncError('DYNAMICS_UNREACHABLE');
    };

    const lost = await dynamics
      .update({ table: 'lead', id, version, columns: { lastname: 'Ours' } })
      .catch((error: unknown) => isSyncError(error, 'DYNAMICS_UNREACHABLE'));

    expect(lost).toBe(true);
    expect(dynamics.rows('lead')[0]?.fields['lastname']).toBe('Ours');
  });

  it('lets an edit slip in before an update, which is then stale', async () => {
    const dynamics = inMemoryDynamics();
    dynamics.seed('lead', [{ id, fields: { lastname: 'Reed' } }]);
    const version = dynamics.rows('lead')[0]?.version ?? 0;
    dynamics.hooks.beforeUpdate = () => void dynamics.edit('lead', id, { lastname: 'Human' });

    expect(await dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } })).toEqual({
      result: 'STALE',
    });
  });
});
